using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CheckpointBuild.Tests.Tool;

/// <summary>A package feed of version 3 over HTTP, as little of it as clients need: an index, and packages by id and version from a folder.</summary>
internal sealed class PackageServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _folder;
    private readonly string? _credentials;
    private readonly ConcurrentQueue<string> _requests = new();

    private PackageServer(WebApplication application, string folder, string? credentials)
    {
        _application = application;
        _folder = folder;
        _credentials = credentials;
    }

    /// <summary>The feed's address.</summary>
    public string Index => $"{_application.Urls.First()}/v3/index.json";

    /// <summary>Paths that were asked for.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Starts a feed.</summary>
    /// <param name="folder">Its packages.</param>
    /// <param name="credentials"><c>user:password</c> without which nothing is answered; null = none.</param>
    /// <returns>The feed.</returns>
    public static async Task<PackageServer> StartAsync(string folder, string? credentials = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        var server = new PackageServer(application, folder, credentials);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        _requests.Enqueue(path);
        if (_credentials is { } needed && context.Request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(needed)))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"feed\"";
            return Task.CompletedTask;
        }

        string[] parts = path.Trim('/').Split('/');
        return parts switch
        {
            ["v3", "index.json"] => context.Response.WriteAsync(Describe().ToJsonString()),
            ["flat", var id, "index.json"] => VersionsAsync(context, id),
            ["flat", var id, var version, _] => PackageAsync(context, $"{id}.{version}.nupkg"),
            _ => NotFoundAsync(context),
        };
    }

    private JsonObject Describe() => new()
    {
        ["version"] = "3.0.0",
        ["resources"] = new JsonArray(new JsonObject { ["@id"] = $"{_application.Urls.First()}/flat/", ["@type"] = "PackageBaseAddress/3.0.0" }),
    };

    private Task VersionsAsync(HttpContext context, string id)
    {
        string[] versions = [.. Names().Where(n => n.StartsWith(id + ".", StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(n[id.Length + 1])).Select(n => n[(id.Length + 1)..^".nupkg".Length])];
        return versions.Length == 0 ? NotFoundAsync(context) : context.Response.WriteAsync(new JsonObject { ["versions"] = new JsonArray([.. versions.Select(v => (JsonNode)v)]) }.ToJsonString());
    }

    private async Task PackageAsync(HttpContext context, string name)
    {
        string? file = Names().FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (file is null)
        {
            await NotFoundAsync(context);
            return;
        }

        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(_folder, file), context.RequestAborted);
        context.Response.Headers.ContentLength = bytes.Length;
        context.Response.Headers.LastModified = DateTime.UnixEpoch.ToString("R", CultureInfo.InvariantCulture);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private IEnumerable<string> Names() => Directory.EnumerateFiles(_folder, "*.nupkg").Select(f => Path.GetFileName(f)!);

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }
}
