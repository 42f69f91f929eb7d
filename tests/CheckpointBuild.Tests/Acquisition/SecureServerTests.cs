using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>The Hub over secure connections, which is how it is reached: what is cut there looks otherwise than over plain ones.</summary>
public sealed class SecureServerTests : IDisposable
{
    private static readonly ServedFile Config = ServedFile.Small("config.json", "{}\n");
    private static readonly ServedFile Weights = ServedFile.Large("model.safetensors", 600_000, 1);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(5_000)]
    [InlineData(100_003)]
    [InlineData(400_000)]
    public async Task A_content_that_is_cut_within_a_record_is_asked_for_again_from_where_it_was_cut(int cut)
    {
        await using HubServer server = await ServeAsync();
        await using var proxy = new CuttingProxy(server.Cdn.Port, connection => connection == 1 ? cut : long.MaxValue);
        SendThrough(server, proxy);

        FetchedModel model = await FetchAsync(server.Settings(_scratch.PathOf("hub")));

        Assert.Equal(2, proxy.Connections);
        Assert.Equal(Weights.Sha256, Hash.OfFile(Path.Combine(model.Folder, Weights.Path)));
        CacheLayout.AssertRight(_scratch.PathOf("hub"));
    }

    [Fact]
    public async Task A_connection_that_is_cut_again_and_again_is_a_coded_error()
    {
        await using HubServer server = await ServeAsync();
        await using var proxy = new CuttingProxy(server.Cdn.Port, _ => 7_000);
        SendThrough(server, proxy);

        Assert.Equal("CKPT6012", (await RefusedAsync(server.Settings(_scratch.PathOf("hub")))).Code);
    }

    [Fact]
    public async Task A_list_that_is_cut_within_a_record_is_asked_for_again()
    {
        ServedFile[] many = [.. Enumerable.Range(0, 500).Select(i => ServedFile.Small($"{i}.txt", "x"))];
        await using HubServer server = await HubServer.StartSecureAsync(ServedRepository.Of("demo/tiny", [Config, .. many]));
        await using var proxy = new CuttingProxy(server.Endpoint.Port, connection => connection <= 2 ? 9_000 : long.MaxValue);

        using var client = new HubClient(server.Settings(_scratch.PathOf("hub")) with { Endpoint = new Uri($"https://127.0.0.1:{proxy.Port}") });
        FetchedModel model = await client.FetchAsync(new FetchRequest(ModelReference.Parse("hf:demo/tiny")!, new FileSelection(SelectionStart.Everything, "*.json")), FetchObserver.None, TestContext.Current.CancellationToken);

        Assert.Equal("config.json", Assert.Single(model.Files).Path);
        Assert.True(proxy.Connections > 2);
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_a_coded_error()
    {
        await using HubServer server = await ServeAsync();

        CheckpointException error = await RefusedAsync(server.Settings(_scratch.PathOf("hub")) with { Trusts = (_, _, _, errors) => errors == SslPolicyErrors.None });

        Assert.Equal("CKPT6012", error.Code);
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_a_secure_endpoint_nothing_is_asked_for_over_a_plain_connection()
    {
        await using HubServer plain = await HubServer.StartAsync(Repository);
        await using HubServer server = await ServeAsync();
        server.Before = context =>
        {
            bool redirects = context.Connection.LocalPort == server.Cdn.Port;
            context.Response.StatusCode = redirects ? 302 : 200;
            context.Response.Headers.Location = redirects ? new Uri(plain.Cdn, context.Request.Path).AbsoluteUri : default;
            return Task.FromResult(redirects);
        };

        Assert.Equal("CKPT6013", (await RefusedAsync(server.Settings(_scratch.PathOf("hub")))).Code);
        Assert.Empty(plain.Requests);
    }

    [Fact]
    public async Task A_head_that_names_a_plain_address_is_refused()
    {
        await using HubServer plain = await HubServer.StartAsync(Repository);
        await using HubServer server = await ServeAsync();
        RedirectTo(server, plain.Cdn);

        Assert.Equal("CKPT6013", (await RefusedAsync(server.Settings(_scratch.PathOf("hub")))).Code);
        Assert.Empty(plain.Requests);
    }

    private static void SendThrough(HubServer server, CuttingProxy proxy) => RedirectTo(server, new Uri($"https://127.0.0.1:{proxy.Port}"));

    // The other host is named in the answers to HEAD.
    private static void RedirectTo(HubServer server, Uri host) => server.Before = context =>
    {
        context.Response.OnStarting(() =>
        {
            if (context.Request.Method == "HEAD" && context.Response.Headers.Location is [{ } there])
            {
                context.Response.Headers.Location = new Uri(host, new Uri(there).PathAndQuery).AbsoluteUri;
            }

            return Task.CompletedTask;
        });
        return Task.FromResult(false);
    };

    private static ServedRepository Repository => ServedRepository.Of("demo/tiny", Config, Weights);

    private static Task<HubServer> ServeAsync() => HubServer.StartSecureAsync(Repository);

    private static Task<CheckpointException> RefusedAsync(HubSettings settings) => Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(settings));

    private static async Task<FetchedModel> FetchAsync(HubSettings settings)
    {
        using var client = new HubClient(settings);
        return await client.FetchAsync(new FetchRequest(ModelReference.Parse("hf:demo/tiny")!, FileSelection.Everything), FetchObserver.None, TestContext.Current.CancellationToken);
    }
}
