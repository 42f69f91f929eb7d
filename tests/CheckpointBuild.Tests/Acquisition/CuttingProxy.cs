using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>Passes connections on, byte by byte, and ends them where it likes: within a record of a secure connection too, which no server can.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Func<int, long> _bytesOf;
    private readonly Task _running;
    private int _connections;

    /// <summary>Starts.</summary>
    /// <param name="target">The port on this machine that is connected to.</param>
    /// <param name="bytesOf">How many bytes the client gets of a connection, by its number from 1.</param>
    public CuttingProxy(int target, Func<int, long> bytesOf)
    {
        (_target, _bytesOf) = (target, bytesOf);
        _listener.Start();
        _running = Task.Run(AcceptAsync);
    }

    /// <summary>The port that it listens at.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            long bytes = _bytesOf(Interlocked.Increment(ref _connections));
            _ = Task.Run(() => PassAsync(client, bytes));
        }
    }

    private async Task PassAsync(TcpClient client, long bytes)
    {
        using TcpClient near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
        Task up = near.GetStream().CopyToAsync(far.GetStream(), _stop.Token);
        byte[] buffer = new byte[1 << 14];
        for (int read; bytes > 0 && (read = await far.GetStream().ReadAsync(buffer.AsMemory(0, (int)Math.Min(bytes, buffer.Length)), _stop.Token)) > 0; bytes -= read)
        {
            await near.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }

        near.Client.Shutdown(SocketShutdown.Both);
        await up.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
