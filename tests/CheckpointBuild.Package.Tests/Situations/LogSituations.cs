using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>What users read, what strict builds refuse, and what must not stand in any log.</summary>
internal static class LogSituations
{
    private const string Marker = "marker-5f1c7a";
    private static readonly (string Variable, string Value)[] Secrets =
    [
        ("HF_TOKEN", "hf_SENTINEL" + "aaaa1111"), ("HUGGING_FACE_HUB_TOKEN", "hf_SENTINEL" + "bbbb2222"), ("NGC_API_KEY", "nvapi-SENTINEL" + "cccc3333"),
    ];

    private static readonly string[] Strict = ["-warnaserror", "-p:TreatWarningsAsErrors=true", "-p:MSBuildTreatWarningsAsErrors=true"];

    internal static readonly IReadOnlyList<Situation> All =
    [
        new("warnings are errors in build, publish, pack, rebuild and clean", "no warning; the one that is due can be promoted and silenced", Strictly),
        new("tokens stand in the environment", "they reach no binary log, text log, output, store or published folder, also when the build fails", Tokens),
        new("quiet, minimal and normal verbosity", "nothing; one line for each engine; every tenth of the way", Verbosity) { IsFast = true },
        new("the tool's whole log", "lies below `obj/`, stands in a binary log, and clean removes it", WholeLog),
        new("an unknown value, a slip in a name", "the valid ones and the nearest; a warning that names the right one", Slips),
        new("MSBuild expands a pattern of folders to nothing", "a warning says how to write it, at its line; written so, it is built", Pattern),
        new("there is no tokenizer beside the weights", "a warning, whatever is built", NoTokenizer),
    ];

    private static void Strictly(StrangerFolder folder)
    {
        folder.Write("parts/README.md", "hello");
        folder.Lib("parts", Scene.Sixteen + """Pack="true" """, """
            <PropertyGroup><Description>x</Description><PackageReadmeFile>README.md</PackageReadmeFile></PropertyGroup>
            <ItemGroup><None Include="README.md" Pack="true" PackagePath="/" /></ItemGroup>
            """);
        folder.Host("host", "parts");
        folder.Write("All.slnx", """<Solution><Project Path="parts/parts.csproj" /><Project Path="host/host.csproj" /></Solution>""");
        string[][] commands =
        [
            ["build", "All.slnx", "-m:4"], ["build", "All.slnx", "-m:4"], ["publish", "host", "-c", "Debug", "-o", folder.Below("published")], ["pack", "parts", "-c", "Debug", "-o", folder.Below("made")],
            ["build", "All.slnx", "--no-incremental"], ["clean", "All.slnx"],
        ];
        foreach (string[] command in commands)
        {
            Assert.Empty(folder.Run([.. command, .. Strict]).Succeeded().Codes);
        }

        folder.Run("build", "host").Succeeded();
        folder.ChangeWeight();
        string[] stale = ["publish", "host", "-c", "Debug", "--no-build", "-o", folder.Below("stale")];
        Assert.Equal(["CKPT7130"], folder.Run(stale).Succeeded().Codes);
        Assert.NotEqual(0, folder.Run([.. stale, "-warnaserror"]).ExitCode);
        folder.Run([.. stale, "-nowarn:CKPT7130", "-warnaserror"]).Succeeded();
    }

    private static void Tokens(StrangerFolder folder)
    {
        folder.DotNet.With("CKPT_TEST_MARKER", Marker);
        foreach ((string variable, string value) in Secrets)
        {
            folder.DotNet.With(variable, value);
        }

        folder.WriteProject("app", Scene.Sixteen, extra: "<PropertyGroup><Marker>$(CKPT_TEST_MARKER)</Marker></PropertyGroup>");
        Turn("good", succeeds: true);
        folder.Run("publish", "app", "-c", "Debug", "--no-build", "-o", folder.Below("published")).Succeeded();
        Clean(folder.Below("published"));
        string weights = Path.Combine(folder.Checkpoint, "model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^96]);
        Turn("bad", succeeds: false);

        void Turn(string name, bool succeeds)
        {
            string log = folder.Below(name + ".binlog");
            CommandResult result = folder.Run("build", "app", "-v:diag", "-bl:" + log);
            Assert.Equal(succeeds, result.ExitCode == 0);
            using var unpacked = new MemoryStream();
            using (var gzip = new GZipStream(File.OpenRead(log), CompressionMode.Decompress))
            {
                gzip.CopyTo(unpacked);
            }

            string text = Encoding.UTF8.GetString(unpacked.ToArray());
            Assert.Contains(Marker, text);
            Assert.DoesNotContain("SENTINEL", text);
            Assert.DoesNotContain("SENTINEL", result.Output);
            Clean(folder.Below("app"));
            Clean(folder.Store);
        }

        static void Clean(string place) =>
            Assert.DoesNotContain(Directory.GetFiles(place, "*", SearchOption.AllDirectories), f => Encoding.Latin1.GetString(File.ReadAllBytes(f)).Contains("SENTINEL", StringComparison.Ordinal));
    }

    private static void Verbosity(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        folder.Run("restore", "app").Succeeded();
        Assert.DoesNotContain("doc-llama", Build("-v:quiet"));
        Assert.Single(Lines(Build("-v:minimal")));
        Assert.InRange(Tenths(Build("-v:normal")), 5, 10);
        Assert.Empty(Lines(Build("-v:minimal", "-p:CheckpointBuildVerbosity=quiet")));
        Assert.InRange(Tenths(Build("-v:minimal", "-p:CheckpointBuildVerbosity=normal")), 5, 10);

        string Build(params string[] more) => folder.Run(["build", "app", "--no-restore", "-p:CheckpointBuildForce=true", "-tl:off", .. more]).Succeeded().Output;

        // A small model may skip one; none comes twice.
        static int Tenths(string output) => Lines(output).Count(l => l.Contains("0 % ", StringComparison.Ordinal));

        static string[] Lines(string output) => [.. output.Split('\n').Where(l => l.Contains("doc-llama: ", StringComparison.Ordinal))];
    }

    private static void WholeLog(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        BuildRecord built = folder.Record("build", "app");
        string log = Assert.Single(Directory.GetFiles(folder.Below("app", "obj"), "BuildEngine.log", SearchOption.AllDirectories));
        Assert.Contains("@ckpt\tresult\tok", File.ReadAllText(log));
        Assert.True(built.Embeds("BuildEngine.log"));
        folder.Run("clean", "app").Succeeded();
        Assert.False(File.Exists(log));

        File.WriteAllText(Path.Combine(folder.Checkpoint, "config.json"), "{");
        BuildRecord failed = folder.Record("build", "app", "--no-restore");
        failed.Result.Refused();
        Assert.True(failed.Embeds("BuildEngine.log"));
    }

    private static void Slips(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight + """Pack="ture" """);
        Assert.Contains("nearest: true", folder.Run("build", "app").Refused().Output);
        folder.WriteProject("app", """Engine="ggfu" """);
        Assert.Contains("nearest: gguf", folder.Run("build", "app", "--no-restore").Refused().Output);
        folder.WriteProject("app", Scene.Eight + """Quantisation="q8_0" Owner="me" """);
        CommandResult slip = folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildLinkMode=Copy").Succeeded();
        Assert.Equal(["CKPT7104"], slip.Codes);
        Assert.Contains("'Quantization'", slip.Output);
        folder.WriteProject("app", Scene.Eight + """Link="x" Type="y" """);
        Assert.Empty(folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildLinkMode=Copy").Succeeded().Codes);
        folder.WriteProject("app", Scene.Eight);
        Assert.Contains("nearest: HardLink", folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildLinkMode=HardLinks").Refused().Output);
        Assert.Contains("nearest: quiet", folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildForce=true", "-p:CheckpointBuildVerbosity=quite").Refused().Output);
        Assert.Contains("a number from 1", folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildForce=true", "-p:CheckpointBuildMaxParallelism=0").Refused().Output);
    }

    private static void Pattern(StrangerFolder folder)
    {
        folder.WriteProject("app", null, extra: """<ItemGroup><ModelCheckpoint Include="../models/*" Engine="gguf" /></ItemGroup>""");
        CommandResult result = folder.Run("build", "app").Succeeded();
        Assert.Equal(["CKPT7117"], result.Codes);
        Assert.Contains("app.csproj(10", result.Output);
        folder.WriteProject("app", null, extra: """<ItemGroup><ModelCheckpoint Include="../models/*/config.json" Engine="gguf" /></ItemGroup>""");
        Assert.Empty(folder.Run("build", "app").Succeeded().Codes);
        Assert.Single(folder.Engines("app", "bin"));
    }

    private static void NoTokenizer(StrangerFolder folder)
    {
        foreach (string file in new[] { "tokenizer.json", "tokenizer_config.json" })
        {
            File.Delete(Path.Combine(folder.Checkpoint, file));
        }

        foreach (string item in new[] { Scene.Eight, """Engine="huggingface" """, """Engine="torchtune" """ })
        {
            folder.WriteProject("app", item);
            Assert.Equal(["CKPT2058"], folder.Run("build", "app").Succeeded().Codes);
        }
    }
}
