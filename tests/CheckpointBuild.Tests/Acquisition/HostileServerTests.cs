using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>Servers and proxies that do what they should not: the bytes are right, or there is a coded error and no content.</summary>
public sealed class HostileServerTests : IDisposable
{
    private static readonly ServedFile Config = ServedFile.Small("config.json", "{}\n");
    private static readonly ServedFile Weights = ServedFile.Large("model.safetensors", 300_000, 1);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_redirect_without_end_is_refused()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context => RedirectAsync(context, context.Request.Path);

        Assert.Equal("CKPT6013", (await RefusedAsync(server)).Code);
    }

    [Fact]
    public async Task A_list_that_is_elsewhere_is_asked_for_without_the_token()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context => context.Connection.LocalPort == server.Cdn.Port || !context.Request.Path.StartsWithSegments("/api") ? Task.FromResult(false) : RedirectAsync(context, new Uri(server.Cdn, "/elsewhere").AbsoluteUri);

        await RefusedAsync(server);

        Assert.Null(Assert.Single(server.Requests, r => r.Path == "/elsewhere").Authorization);
    }

    [Fact]
    public async Task A_redirect_to_what_is_no_web_address_is_refused()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context => RedirectAsync(context, "file:///etc/passwd");

        await RefusedAsync(server);
    }

    [Fact]
    public async Task Content_that_is_encoded_in_spite_of_us_is_refused()
    {
        await using HubServer server = await ServeAsync();
        server.Before = async context =>
        {
            if (context.Connection.LocalPort != server.Cdn.Port)
            {
                return false;
            }

            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            {
                await gzip.WriteAsync(Weights.Content);
            }

            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(packed.ToArray());
            return true;
        };

        Assert.Equal("CKPT6013", (await RefusedAsync(server)).Code);
    }

    [Fact]
    public async Task Content_without_a_length_is_taken_when_it_is_right()
    {
        await using HubServer server = await ServeAsync();
        server.Write = async (context, bytes) =>
        {
            if (context.Connection.LocalPort == server.Cdn.Port)
            {
                context.Response.ContentLength = null;
            }

            await context.Response.Body.WriteAsync(bytes);
        };

        await AssertRightAsync(server);
    }

    [Fact]
    public async Task More_content_than_was_stated_is_not_written()
    {
        await using HubServer server = await ServeAsync();
        server.Write = async (context, bytes) =>
        {
            bool isCdn = context.Connection.LocalPort == server.Cdn.Port;
            context.Response.ContentLength = isCdn ? null : context.Response.ContentLength;
            await context.Response.Body.WriteAsync(bytes);
            await context.Response.Body.WriteAsync(isCdn ? new byte[100_000] : []);
        };

        await AssertRightAsync(server);
    }

    [Fact]
    public async Task A_weak_tag_names_the_content_all_the_same()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.ETag = context.Response.Headers.ETag.Count > 0 ? "W/" + context.Response.Headers.ETag : default;
                return Task.CompletedTask;
            });
            return Task.FromResult(false);
        };

        await AssertRightAsync(server);
    }

    [Fact]
    public async Task A_tag_that_is_no_hash_is_refused()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.ETag = context.Response.Headers.ETag.Count > 0 ? "\"../../x\"" : default;
                return Task.CompletedTask;
            });
            return Task.FromResult(false);
        };

        Assert.Equal("CKPT6013", (await RefusedAsync(server)).Code);
    }

    [Fact]
    public async Task A_range_that_is_refused_again_and_again_is_an_error()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            bool refuses = context.Connection.LocalPort == server.Cdn.Port;
            context.Response.StatusCode = refuses ? 416 : 200;
            return Task.FromResult(refuses);
        };

        Assert.Equal("CKPT6018", (await RefusedAsync(server)).Code);
    }

    [Fact]
    public async Task A_server_that_only_drips_is_an_error()
    {
        await using HubServer server = await ServeAsync();
        server.Write = async (context, bytes) =>
        {
            // As slowly as a connection that has all but died: a byte now and then, for ever.
            using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            for (int i = 0; i < bytes.Length && await clock.WaitForNextTickAsync(context.RequestAborted); i++)
            {
                await context.Response.Body.WriteAsync(bytes.Slice(i, 1), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        };
        HubSettings impatient = server.Settings(_scratch.PathOf("hub")) with { DownloadTimeout = TimeSpan.FromMilliseconds(200) };

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(impatient));

        Assert.Equal("CKPT6012", error.Code);
        Assert.Contains("less than a kilobyte a second", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_end_is_refused()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            bool isList = context.Request.Path.Value!.Contains("/tree/", StringComparison.Ordinal);
            context.Response.Headers.Link = isList ? $"<{context.Request.Path}>; rel=\"next\"" : default;
            return isList ? AnswerAsync(context, "[]") : Task.FromResult(false);
        };

        Assert.Equal("CKPT6013", (await RefusedAsync(server)).Code);
    }

    [Fact]
    public async Task A_list_that_names_a_file_twice_is_refused()
    {
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", Config, Weights, Weights));

        Assert.Equal("CKPT6013", (await RefusedAsync(server)).Code);
    }

    [Fact]
    public async Task Sizes_that_no_sum_can_hold_are_refused()
    {
        await using HubServer server = await ServeAsync();
        string entry = $"{{\"type\":\"file\",\"size\":{long.MaxValue},\"oid\":\"{new string('a', 40)}\",\"path\":";
        server.Before = context => context.Request.Path.Value!.Contains("/tree/", StringComparison.Ordinal)
            ? AnswerAsync(context, $"[{entry}\"a.safetensors\"}},{entry}\"b.safetensors\"}}]")
            : Task.FromResult(false);

        await RefusedAsync(server);
    }

    [Fact]
    public async Task An_answer_for_another_commit_is_refused()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Repo-Commit"] = new string('b', 40);
                return Task.CompletedTask;
            });
            return Task.FromResult(false);
        };

        Assert.Equal("CKPT6013", (await RefusedAsync(server)).Code);
    }

    [Fact]
    public async Task A_file_that_is_kept_in_chunks_is_taken_from_its_plain_address()
    {
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            context.Response.Headers["X-Xet-Hash"] = new string('f', 64);
            context.Response.Headers["X-Xet-Refresh-Route"] = "/api/models/demo/tiny/xet-read-token/main";
            context.Response.Headers.Append("Link", "</api/models/demo/tiny/xet-read-token/main>; rel=\"xet-auth\", </reconstruct>; rel=\"xet-reconstruction-info\"");
            return Task.FromResult(false);
        };

        await AssertRightAsync(server);

        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("xet", StringComparison.Ordinal) || r.Path.Contains("reconstruct", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_links_a_snapshot_holds_the_contents_themselves()
    {
        await using HubServer server = await ServeAsync();

        FetchedModel model = await FetchAsync(server.Settings(_scratch.PathOf("hub")) with { UseLinks = false });

        Assert.All(model.Files, f => Assert.Null(new FileInfo(Path.Combine(model.Folder, f.Path)).LinkTarget));
        Assert.Equal(Weights.Sha256, Hash.OfFile(Path.Combine(model.Folder, Weights.Path)));
    }

    [Fact]
    public async Task A_file_from_the_future_in_a_folder_is_read_and_fetched_again_where_it_is_another()
    {
        await using HubServer server = await ServeAsync();
        var request = Request() with { LocalFolder = _scratch.PathOf("local") };
        await FetchAsync(server.Settings(_scratch.PathOf("hub")), request);
        DamagedFile.Flip(_scratch.PathOf("local/model.safetensors"));
        File.SetLastWriteTimeUtc(_scratch.PathOf("local/model.safetensors"), DateTime.UtcNow.AddYears(1));

        await FetchAsync(server.Settings(_scratch.PathOf("hub")), request);

        Assert.Equal(2, server.Requests.Count(r => r.Host == "<cdn>"));
        Assert.Equal(Weights.Sha256, Hash.OfFile(_scratch.PathOf("local/model.safetensors")));
    }

    private static Task<HubServer> ServeAsync() => HubServer.StartAsync(ServedRepository.Of("demo/tiny", Config, Weights));

    private static Task<bool> RedirectAsync(HttpContext context, string location)
    {
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = location;
        return Task.FromResult(true);
    }

    private static async Task<bool> AnswerAsync(HttpContext context, string body)
    {
        await context.Response.WriteAsync(body, context.RequestAborted);
        return true;
    }

    private static FetchRequest Request() => new(ModelReference.Parse("hf:demo/tiny")!, FileSelection.Everything);

    private async Task AssertRightAsync(HubServer server)
    {
        FetchedModel model = await FetchAsync(server.Settings(_scratch.PathOf("hub")));

        Assert.Equal(Weights.Sha256, Hash.OfFile(Path.Combine(model.Folder, Weights.Path)));
        Assert.Equal(Config.Sha256, Hash.OfFile(Path.Combine(model.Folder, Config.Path)));
    }

    private async Task<CheckpointException> RefusedAsync(HubServer server)
    {
        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(_scratch.PathOf("hub")) with { Token = "hf_example" }));
        Assert.DoesNotContain("hf_example", error.ToString(), StringComparison.Ordinal);
        string blobs = _scratch.PathOf("hub/models--demo--tiny/blobs");
        Assert.DoesNotContain(Directory.Exists(blobs) ? Directory.EnumerateFiles(blobs) : [], f => Path.GetFileName(f) == Weights.Sha256);
        return error;
    }

    private static async Task<FetchedModel> FetchAsync(HubSettings settings, FetchRequest? request = null)
    {
        using var client = new HubClient(settings);
        return await client.FetchAsync(request ?? Request(), FetchObserver.None, TestContext.Current.CancellationToken);
    }
}
