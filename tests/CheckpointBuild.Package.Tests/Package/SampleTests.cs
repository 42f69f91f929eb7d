using System;
using System.IO;
using System.Text.Json;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>The samples, inside the tree from sources and outside it from the packages: they build their engine and write documentation with it.</summary>
public sealed class SampleTests(PackageFeed feed) : IDisposable
{
    private const string Prompt = "method File.ReadAllText(path)";

    // Version of our packages that the samples name, as a reader of the documentation would.
    private const string WrittenVersion = "1.0.0";

    private readonly StrangerFolder _folder = new(feed);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DocWriter_with_package_references_writes_documentation()
    {
        Assert.NotEmpty(Directory.GetFiles(feed.FolderWithLibraries, "CheckpointBuild.Runtime.*"));
        CopySample("DocWriter");

        Assert.Contains(ExpectedText(), _folder.Run("run", "--project", "DocWriter", "--", Prompt).Succeeded().Output);
    }

    [Fact]
    public void LLamaSharpChat_with_package_references_runs_the_engine_in_llama_cpp()
    {
        CopySample("LLamaSharpChat");

        Assert.Contains(ExpectedText(), _folder.Run("run", "--project", "LLamaSharpChat", "--", Prompt).Succeeded().Output);
    }

    [Fact]
    public void FineTunedModel_with_package_references_runs_the_base_with_its_adapter()
    {
        Assert.NotEmpty(Directory.GetFiles(feed.FolderWithLibraries, "CheckpointBuild.Runtime.*"));
        CopySample("FineTunedModel");
        RepositoryPaths.CopyFolder(Path.Combine(RepositoryPaths.Samples, "models", "doc-llama-adapter"), _folder.Below("models", "doc-llama-adapter"));

        // What the base alone says here is another sentence.
        Assert.Contains("Represents a collection of StringBuilder objects.", _folder.Run("run", "--project", "FineTunedModel", "--", "class StringBuilder").Succeeded().Output);
    }

    [Fact]
    public void DocWriter_inside_the_tree_needs_no_package_and_builds_its_engine_once()
    {
        string store = _folder.Below("store-of-the-tree");
        DotNet dotnet = new DotNet().With("CheckpointBuildStoreRoot", store);

        Assert.Contains(ExpectedText(), dotnet.Run(RepositoryPaths.Root, "run", "--project", "samples/DocWriter", "--", Prompt).Succeeded().Output);
        Assert.DoesNotContain("doc-llama:", dotnet.Run(RepositoryPaths.Root, "build", "samples/DocWriter").Succeeded().Output);
    }

    [Fact]
    public void FineTuneWithTorchSharp_inside_the_tree_resumes_training_and_ships_what_it_trained()
    {
        string output = new DotNet().Run(RepositoryPaths.Root, "run", "--project", "samples/FineTuneWithTorchSharp").Succeeded().Output;

        Assert.Contains("the same losses, bit for bit", output);
        Assert.Matches("engine against module: logits differ by at most [0-9.]+E-00[4-9]", output);
    }

    [Fact]
    public void OwnTargets_with_package_references_chains_the_tasks_and_does_nothing_the_second_time()
    {
        CopySample("OwnTargets");

        Assert.Contains("engines/doc-llama/doc-llama.gguf", _folder.Run("run", "--project", "OwnTargets").Succeeded().Output.Replace('\\', '/'));
        BuildRecord second = _folder.Record("build", "OwnTargets", "--no-restore");
        second.Result.Succeeded();
        Assert.Equal(0, second.ToolStarts);
    }

    [Fact]
    public void OwnTargets_inside_the_tree_needs_no_package()
    {
        DotNet dotnet = new DotNet().With("CheckpointBuildStoreRoot", _folder.Below("store-of-the-tree"));

        Assert.Contains("engines/doc-llama/doc-llama.gguf", dotnet.Run(RepositoryPaths.Root, "run", "--project", "samples/OwnTargets").Succeeded().Output.Replace('\\', '/'));
    }

    [Fact]
    public void TensorRtLlm_with_package_references_ships_two_ranks()
    {
        CopySample("TensorRtLlm");

        string output = _folder.Run("run", "--project", "TensorRtLlm").Succeeded().Output;

        Assert.Contains("LlamaForCausalLM float16, TP 2 x PP 1", output);
        Assert.Contains("rank0.safetensors:", output);
        Assert.Contains("rank1.safetensors:", output);
    }

    private void CopySample(string name)
    {
        RepositoryPaths.CopyFolder(Path.Combine(RepositoryPaths.Samples, name), _folder.Below(name));
        string project = _folder.Below(name, name + ".csproj");
        string text = File.ReadAllText(project).Replace($"Version=\"{WrittenVersion}\"", $"Version=\"{feed.Version}\"");
        File.WriteAllText(project, text);
    }

    // The model's greedy text for the prompt; the 8-bit engine gives the same. Without the golden data, its first words, which any damage to the weights would change.
    private static string ExpectedText()
    {
        string[] roots =
        [
            Environment.GetEnvironmentVariable("CHECKPOINTBUILD_GOLDEN") ?? "", Path.Combine(RepositoryPaths.Root, "..", "shared", "golden"), Path.Combine(RepositoryPaths.Root, "tests", "Fixtures"),
        ];
        string? file = Array.Find(Array.ConvertAll(roots, root => Path.Combine(root, "doc-llama", "expected", "expected.json")), File.Exists);
        if (file is null)
        {
            return "Reads a file";
        }

        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(file));
        return expected.RootElement.GetProperty("prompts")[0].GetProperty("text").GetString()!;
    }
}
