using System;
using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

public sealed partial class PackTests
{
    [Fact]
    public async Task A_folder_of_packages_that_is_not_there_is_not_passed_over()
    {
        await PackAsync();
        Configure($"""<packageSources><clear /><add key="gone" value="{_scratch.PathOf("nowhere")}" /><add key="feed" value="{_scratch.PathOf("feed")}" /></packageSources>""");

        Assert.Contains("'gone'", (await RefusedAsync("CKPT6067")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_are_mapped_whatever_the_case_of_their_names()
    {
        await PackAsync();
        Configure(Source("Feed", "feed"), """<packageSourceMapping><packageSource key="feed"><package pattern="Contoso.*" /></packageSource></packageSourceMapping>""");

        CkptResult result = await BuildAsync("out");

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task A_configuration_of_NuGet_that_cannot_be_read_is_named()
    {
        await PackAsync();
        Configure("<packageSources>");

        Assert.Contains("nuget.config", (await RefusedAsync("CKPT6071")).Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Names_with_signs_of_escaping_come_back_as_they_were()
    {
        Directory.CreateDirectory(_scratch.PathOf("tiny"));
        await File.WriteAllTextAsync(_scratch.PathOf("tiny/a%20b.json"), "{}", TestContext.Current.CancellationToken);
        await PackAsync();
        Configure(Source("feed", "feed"));

        CkptResult fetched = await Process().RunAsync("fetch", $"nuget:{Id}", "--version", "1.2.0");

        Assert.True(fetched.ExitCode == 0, fetched.ToString());
        Assert.True(File.Exists(Path.Combine(fetched.Output.Trim(), "a%20b.json")));
    }

    [Fact]
    public async Task A_damaged_copy_of_a_model_in_several_packages_is_put_together_again()
    {
        byte[] large = new byte[700_000];
        new SeededRandom(1).Fill(large);
        Directory.CreateDirectory(_scratch.PathOf("tiny"));
        await File.WriteAllBytesAsync(_scratch.PathOf("tiny/notes.bin"), large, TestContext.Current.CancellationToken);
        await PackAsync("--max-package-size", "300KB");
        Configure(Source("feed", "feed"));
        string place = (await Process().RunAsync("fetch", $"nuget:{Id}", "--version", "1.2.0")).Output.Trim();
        DamagedFile.Flip(Path.Combine(place, "model.safetensors"));

        CkptResult result = await BuildAsync("out");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(Hash.OfFile(_scratch.PathOf("tiny/model.safetensors")), Hash.OfFile(Path.Combine(place, "model.safetensors")));
    }

    [Fact]
    public async Task A_package_in_the_checkpoint_s_folder_is_not_packed()
    {
        await PackAsync();
        long first = new FileInfo(_scratch.PathOf($"feed/{Id}.1.2.0.nupkg")).Length;
        File.Copy(_scratch.PathOf($"feed/{Id}.1.2.0.nupkg"), _scratch.PathOf("tiny/old.nupkg"));
        await PackAsync();

        Assert.Equal(first, new FileInfo(_scratch.PathOf($"feed/{Id}.1.2.0.nupkg")).Length);
    }
}
