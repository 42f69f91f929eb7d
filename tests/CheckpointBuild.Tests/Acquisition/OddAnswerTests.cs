using System;
using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>Answers that come late, in drops, from another host, or about another commit: waited for as long as was said, and told as what they are.</summary>
public sealed class OddAnswerTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Cache => _scratch.PathOf("hub");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task An_answer_that_is_late_is_waited_for_as_long_as_a_download_may_stand_still()
    {
        await using HubServer server = await ServeAsync();
        server.Before = async context =>
        {
            if (context.Connection.LocalPort == server.Cdn.Port)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1500), context.RequestAborted);
            }

            return false;
        };

        await FetchAsync(server.Settings(Cache) with { MetadataTimeout = TimeSpan.FromMilliseconds(700), DownloadTimeout = TimeSpan.FromSeconds(20) });

        Assert.Single(server.Requests, r => r.Host == "<cdn>");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_trickle_in_many_answers_is_an_error_in_the_end(bool cuts)
    {
        await using HubServer server = await ServeAsync();
        server.Write = async (context, bytes) =>
        {
            if (context.Connection.LocalPort != server.Cdn.Port)
            {
                await context.Response.Body.WriteAsync(bytes);
                return;
            }

            await context.Response.Body.WriteAsync(bytes[..Math.Min(100, bytes.Length)]);
            await context.Response.Body.FlushAsync();
            if (cuts)
            {
                context.Abort();
            }
            else
            {
                await Task.Delay(-1, context.RequestAborted);
            }
        };

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(Cache) with { DownloadTimeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal("CKPT6012", error.Code);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task What_another_host_refuses_is_not_told_as_the_Hubs_word(int status)
    {
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            bool refuses = context.Connection.LocalPort == server.Cdn.Port;
            context.Response.StatusCode = refuses ? status : 200;
            return Task.FromResult(refuses);
        };

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(Cache)));

        Assert.Equal("CKPT6018", error.Code);
        Assert.Contains(server.Cdn.Host, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/cdn/", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_is_answered_with_another_is_refused()
    {
        await using HubServer server = await ServeAsync();
        server.Before = async context =>
        {
            bool answers = context.Request.Path.Value!.Contains("/revision/", StringComparison.Ordinal);
            if (answers)
            {
                await context.Response.WriteAsync($$"""{"sha": "{{new string('b', 40)}}"}""");
            }

            return answers;
        };

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(Cache), Request with { Revision = new string('a', 40), NeedsLicense = true }));

        Assert.Equal("CKPT6013", error.Code);
        Assert.False(Directory.Exists(Path.Combine(Cache, "models--demo--tiny", "refs")));
    }

    private static FetchRequest Request => new(ModelReference.Parse("hf:demo/tiny")!, FileSelection.Everything);

    private static Task<HubServer> ServeAsync() => HubServer.StartAsync(ServedRepository.Of("demo/tiny", ServedFile.Small("config.json", "{}\n"), ServedFile.Large("model.safetensors", 300_000, 1)));

    private static async Task<FetchedModel> FetchAsync(HubSettings settings, FetchRequest? request = null)
    {
        using var client = new HubClient(settings);
        return await client.FetchAsync(request ?? Request, FetchObserver.None, TestContext.Current.CancellationToken);
    }
}
