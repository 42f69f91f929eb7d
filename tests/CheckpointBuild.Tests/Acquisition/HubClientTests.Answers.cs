using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

public sealed partial class HubClientTests
{
    [Theory]
    [InlineData("<{0}>; rel=\"next\"")]
    [InlineData("<{0}>; rel=next")]
    [InlineData("<https://other/>; rel=\"first\", <{0}>; title=\"a, b\"; rel=\"last next\"")]
    public async Task A_list_goes_on_where_its_link_says(string link)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        server.Before = async context =>
        {
            string path = context.Request.Path.Value!;
            if (!path.Contains("/tree/", StringComparison.Ordinal) || context.Request.Query.ContainsKey("cursor"))
            {
                return false;
            }

            context.Response.Headers.Link = link.Replace("{0}", $"{path}?recursive=true&cursor=a,b", StringComparison.Ordinal);
            await context.Response.WriteAsync("[]");
            return true;
        };

        FetchedModel model = await FetchAsync(server.Settings(scratch.PathOf("hub")), Request());

        Assert.Equal(3, model.Files.Length);
    }

    [Theory]
    [InlineData("ftp://other/x")]
    [InlineData("file:///etc/passwd")]
    public async Task An_address_of_another_kind_is_refused(string address)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        server.Before = context =>
        {
            bool isFile = context.Request.Path.Value!.EndsWith("/model.safetensors", StringComparison.Ordinal);
            if (isFile)
            {
                context.Response.StatusCode = 302;
                context.Response.Headers["X-Repo-Commit"] = context.Request.Path.Value.Split('/')[4];
                context.Response.Headers["X-Linked-Etag"] = $"\"{Weights.Sha256}\"";
                context.Response.Headers["X-Linked-Size"] = "300000";
                context.Response.Headers.Location = address;
            }

            return Task.FromResult(isFile);
        };

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT6013");
    }

    [Fact]
    public async Task A_long_wait_that_the_server_asks_for_is_said()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        bool isFirst = true;
        server.Before = context =>
        {
            bool refuses = isFirst;
            isFirst = false;
            context.Response.StatusCode = refuses ? 429 : 200;
            context.Response.Headers.RetryAfter = "12";
            return Task.FromResult(refuses);
        };
        var said = new List<string>();
        using var client = new HubClient(server.Settings(scratch.PathOf("hub")));

        await client.FetchAsync(Request(), FetchObserver.None with { Say = said.Add }, TestContext.Current.CancellationToken);

        Assert.Contains(said, line => line.Contains("429 and asks for 12 seconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_lies_in_the_folder_already_is_not_sent_again()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        Directory.CreateDirectory(scratch.PathOf("local"));
        await File.WriteAllBytesAsync(scratch.PathOf("local/model.safetensors"), Weights.Content, TestContext.Current.CancellationToken);

        await FetchAsync(server.Settings(scratch.PathOf("hub")), Request() with { LocalFolder = scratch.PathOf("local") });

        Assert.DoesNotContain(server.Requests, r => r.Host == "<cdn>");
    }

    [Fact]
    public async Task A_link_whose_content_is_gone_is_found()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        HubSettings settings = server.Settings(scratch.PathOf("hub"));
        FetchedModel model = await FetchAsync(settings, Request());
        File.Delete(scratch.PathOf($"hub/models--demo--tiny/blobs/{Weights.Sha256}"));
        var inventory = new HubCacheInventory(settings);

        Assert.Equal([(System.IO.Path.Combine(model.Folder, Weights.Path), "absent")], inventory.Damaged(Assert.Single(inventory.List()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_damaged_content_counts_among_what_is_to_fetch()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        FetchedModel model = await FetchAsync(server.Settings(scratch.PathOf("hub")), Request());
        DamagedFile.Flip(System.IO.Path.Combine(model.Folder, Weights.Path));
        var said = new List<string>();
        using var client = new HubClient(server.Settings(scratch.PathOf("hub")));

        await client.FetchAsync(Request() with { ReadsFound = true }, FetchObserver.None with { Say = said.Add }, TestContext.Current.CancellationToken);

        Assert.Contains(said, line => line.Contains("300,000 bytes to fetch", StringComparison.Ordinal));
    }
}
