using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>The environment variables of the official client, each by what it changes.</summary>
public sealed class HubSettingsTests
{
    [Theory]
    [InlineData("HF_HOME=/a", "/a/hub")]
    [InlineData("HF_HOME=/a HF_HUB_CACHE=/b", "/b")]
    [InlineData("HF_HOME=/a HUGGINGFACE_HUB_CACHE=/b", "/b")]
    [InlineData("HF_HUB_CACHE=/c HUGGINGFACE_HUB_CACHE=/b", "/c")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x HF_HOME=/a", "/a/hub")]
    public void The_cache_lies_where_it_is_said(string variables, string folder) => Assert.Equal(Path.GetFullPath(folder), Read(variables).CacheFolder);

    [Theory]
    [InlineData("HF_TOKEN=one", "one")]
    [InlineData("HUGGING_FACE_HUB_TOKEN=two", "two")]
    [InlineData("HF_TOKEN=one HUGGING_FACE_HUB_TOKEN=two HF_TOKEN_PATH=FILE", "one")]
    [InlineData("HUGGING_FACE_HUB_TOKEN=two HF_TOKEN_PATH=FILE", "two")]
    [InlineData("HF_TOKEN_PATH=FILE", "file")]
    [InlineData("HF_TOKEN_PATH=/not/there", null)]
    [InlineData("HF_TOKEN=one HF_HUB_DISABLE_IMPLICIT_TOKEN=1", null)]
    public void The_token_is_that_of_the_first_place_that_has_one(string variables, string? token)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.PathOf("token-file"), "file\n");

        Assert.Equal(token, Read($"HF_HOME={scratch.Folder} " + variables.Replace("FILE", scratch.PathOf("token-file"), StringComparison.Ordinal)).Token);
    }

    [Fact]
    public void A_token_file_that_cannot_be_read_is_no_token_that_is_absent()
    {
        using var scratch = new Scratch();
        using FileStream held = new(scratch.PathOf("token"), FileMode.Create, FileAccess.Write, FileShare.None);

        CheckpointException error = Assert.Throws<CheckpointException>(() => Read($"HF_HOME={scratch.Folder}"));

        Assert.Equal("CKPT6002", error.Code);
        Assert.Contains("HF_TOKEN_PATH", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=on", true)]
    [InlineData("TRANSFORMERS_OFFLINE=True", true)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    [InlineData("HF_HUB_OFFLINE=no", false)]
    public void The_network_is_left_alone_where_a_variable_says_so(string variables, bool offline) => Assert.Equal(offline, Read(variables).Offline);

    [Theory]
    [InlineData("", true)]
    [InlineData("HF_HUB_DISABLE_SYMLINKS=YES", false)]
    [InlineData("HF_HUB_DISABLE_SYMLINKS_WARNING=1", true)]
    public void Links_are_made_unless_a_variable_forbids_them(string variables, bool links) => Assert.Equal(links, Read(variables).UseLinks);

    [Fact]
    public void Limits_of_time_are_seconds()
    {
        HubSettings settings = Read("HF_HUB_ETAG_TIMEOUT=3 HF_HUB_DOWNLOAD_TIMEOUT=70");

        Assert.Equal((3, 70), (settings.MetadataTimeout.TotalSeconds, settings.DownloadTimeout.TotalSeconds));
    }

    [Fact]
    public void An_endpoint_may_have_a_path() => Assert.Equal("https://mirror.example/hub", Read("HF_ENDPOINT=https://mirror.example/hub/").Endpoint.AbsoluteUri);

    private static HubSettings Read(string variables)
    {
        Dictionary<string, string> all = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
        return HubSettings.FromEnvironment(name => all.GetValueOrDefault(name));
    }
}
