using System;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>What networks and servers do: refuse, cut, damage, slow down, stand still, forget ranges. The same for the same seed and order of requests.</summary>
/// <param name="random">Decides.</param>
/// <param name="share">The share of answers that go wrong.</param>
internal sealed class RandomFaults(SeededRandom random, double share)
{
    private static readonly int[] Statuses = [429, 500, 502, 503, 504, 403, 416];
    private readonly Lock _lock = new();

    /// <summary>Refuses in the server's place, now and then.</summary>
    /// <param name="context">The request.</param>
    /// <returns>Whether it was answered.</returns>
    public Task<bool> BeforeAsync(HttpContext context)
    {
        (bool fails, int kind) = Draw();
        if (!fails)
        {
            return Task.FromResult(false);
        }

        switch (kind % 3)
        {
            case 0:
                context.Response.StatusCode = Statuses[kind % Statuses.Length];
                return Task.FromResult(true);
            case 1:
                context.Abort();
                return Task.FromResult(true);
            default:
                // As if it knew no ranges.
                context.Request.Headers.Remove("Range");
                return Task.FromResult(false);
        }
    }

    /// <summary>Writes content, now and then wrong.</summary>
    /// <param name="context">The request.</param>
    /// <param name="bytes">The content.</param>
    /// <returns>When it is written.</returns>
    public async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        (bool fails, int kind) = Draw();
        int cut = bytes.Length == 0 ? 0 : kind % bytes.Length;
        if (!fails)
        {
            await context.Response.Body.WriteAsync(bytes);
        }
        else if (kind % 8 is 1 or 2)
        {
            // In pieces with pauses; of one answer in 32 with one that is longer than a client waits.
            for (int at = 0, piece = Math.Max(1, bytes.Length / 4); at < bytes.Length; at += piece)
            {
                await context.Response.Body.WriteAsync(bytes[at..Math.Min(bytes.Length, at + piece)], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(kind % 32 == 1 ? 700 : 5, context.RequestAborted);
            }
        }
        else if (kind % 8 == 0)
        {
            byte[] damaged = bytes.ToArray();
            damaged[cut] ^= 0x55;
            await context.Response.Body.WriteAsync(damaged);
        }
        else
        {
            await context.Response.Body.WriteAsync(bytes[..cut]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        }
    }

    private (bool Fails, int Kind) Draw()
    {
        lock (_lock)
        {
            return (random.Next(1000) < share * 1000, random.Next(1 << 20));
        }
    }
}
