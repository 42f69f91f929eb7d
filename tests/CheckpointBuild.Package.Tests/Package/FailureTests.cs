using System;
using System.IO;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>Bad input: a coded error, a failed build, and what was there before is still there.</summary>
public sealed class FailureTests(FailureTests.Failures failures) : IClassFixture<FailureTests.Failures>
{
    [Fact]
    public void A_compile_error_comes_before_any_model_work()
    {
        Assert.NotEqual(0, failures.CompileError.Result.ExitCode);
        Assert.Contains("error CS", failures.CompileError.Result.Output);
        Assert.Equal(0, failures.CompileError.ToolStarts);
    }

    [Fact]
    public void Truncated_weights_are_refused() => Assert.Contains("model.safetensors", failures.Truncated.Refused().Output);

    [Fact]
    public void Truncated_weights_leave_the_old_engine_in_place() => Assert.Equal(failures.Engine, failures.EngineAfterTruncation);

    [Fact]
    public void An_unknown_quantization_is_refused_with_those_that_exist() => Assert.Contains("q8_0", failures.UnknownQuantization.Refused().Output);

    [Fact]
    public void A_missing_checkpoint_is_refused() => Assert.Contains("CKPT7101", failures.Missing.Refused().Codes);

    [Fact]
    public void An_undefined_property_in_the_path_is_refused_and_walks_no_disk() => Assert.Equal(["CKPT7102"], failures.Root.Refused().Codes);

    [Fact]
    public void A_slip_in_a_metadata_name_warns()
    {
        failures.Slip.Succeeded();
        Assert.Equal(["CKPT7104"], failures.Slip.Codes);
    }

    [Fact]
    public void An_engine_over_its_quality_budget_is_refused_at_its_project()
    {
        Assert.Contains("CKPT3080", failures.OverBudget.Refused().Codes);
        Assert.Contains("app.csproj", failures.OverBudget.Output.Split('\n').First(line => line.Contains("CKPT3080", StringComparison.Ordinal)));
        Assert.Equal(failures.Engine, failures.EngineAfterOverBudget);
    }

    [Fact]
    public void An_engine_within_its_quality_budget_is_built() => failures.WithinBudget.Succeeded();

    [Fact]
    public void A_repaired_project_builds_the_right_engine() => Assert.Equal(failures.Engine, failures.EngineAfterRepair);

    /// <summary>One project that is built, broken in several ways, and repaired.</summary>
    public sealed class Failures : IDisposable
    {
        public Failures(PackageFeed feed)
        {
            Folder = new StrangerFolder(feed);
            Folder.Write("app/Program.cs", "this is no program");
            Folder.WriteProject("app", """Engine="gguf" Quantization="q8_0" """);
            CompileError = Folder.Record("build", "app");

            Folder.Write("app/Program.cs", """System.Console.WriteLine("ran");""");
            Build().Succeeded();
            Engine = StrangerFolder.Sha256(Folder.Engine("app"));

            string weights = Path.Combine(Folder.Checkpoint, "model.safetensors");
            byte[] whole = File.ReadAllBytes(weights);
            File.WriteAllBytes(weights, whole[..(whole.Length / 2)]);
            Truncated = Build();
            EngineAfterTruncation = StrangerFolder.Sha256(Folder.Engine("app"));
            File.WriteAllBytes(weights, whole);

            Folder.Write("app/evaluation.txt", string.Concat(Enumerable.Repeat("method File.ReadAllText(path)\nOpens a text file, reads all the text in the file, and then closes the file.\n", 40)));
            OverBudget = Build("""Engine="gguf" Quantization="q8_0" EvaluationText="evaluation.txt" MaxKlDivergence="1e-9" """);
            EngineAfterOverBudget = StrangerFolder.Sha256(Folder.Engine("app"));
            WithinBudget = Build("""Engine="gguf" Quantization="q8_0" EvaluationText="evaluation.txt" MaxKlDivergence="0.02" MaxPerplexityIncrease="2%" """);
            UnknownQuantization = Build("""Engine="gguf" Quantization="q9_9" """);
            Root = Build(null, """<ItemGroup><ModelCheckpoint Include="$(NotDefined)/" Engine="gguf" /></ItemGroup>""");
            Missing = Build(null, """<ItemGroup><ModelCheckpoint Include="../models/none" Engine="gguf" /></ItemGroup>""");
            Slip = Build("""Engine="gguf" Quantization="q8_0" Quantisation="q8_0" """);
            EngineAfterRepair = StrangerFolder.Sha256(Folder.Engine("app"));
        }

        public StrangerFolder Folder { get; }

        public BuildRecord CompileError { get; }

        public string Engine { get; }

        public CommandResult Truncated { get; }

        public string EngineAfterTruncation { get; }

        public CommandResult OverBudget { get; }

        public string EngineAfterOverBudget { get; }

        public CommandResult WithinBudget { get; }

        public CommandResult UnknownQuantization { get; }

        public CommandResult Root { get; }

        public CommandResult Missing { get; }

        public CommandResult Slip { get; }

        public string EngineAfterRepair { get; }

        public void Dispose() => Folder.Dispose();

        private CommandResult Build() => Folder.Run("build", "app", "--no-restore");

        private CommandResult Build(string? item, string extra = "")
        {
            Folder.WriteProject("app", item, extra: extra);
            return Build();
        }
    }
}
