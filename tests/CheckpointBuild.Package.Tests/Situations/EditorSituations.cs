using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using System.IO;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>Editors and compilers: design-time builds at any moment, names instead of paths, single targets.</summary>
internal static class EditorSituations
{
    private static readonly string[] DesignTime = ["-p:DesignTimeBuild=true", "-p:BuildingProject=false", "-p:BuildProjectReferences=false", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true"];

    internal static readonly IReadOnlyList<Situation> All =
    [
        new("design-time builds of a fresh clone, without the checkpoint, and during a real build", "quiet, no process, no engine; the real build is right", During),
        new("the application names its engine in code", "`ModelEngines.DocLlama.Path` is the engine's folder; a wrong name does not compile; it can be switched off", Names) { IsFast = true },
        new("a library and its friend, a test project, have engines of their own", "each names its own; no warning", Friends) { IsFast = true },
        new("Visual Basic, F# and C# in one `.slnx`, with MSBuild's own checks", "each has its engine and names it in code; no check finds anything, nor does a second build have work", Languages),
        new("scripts ask for the engines", "JSON with name, path, size and key; before a build, none", Query),
        new("a target of the project's own chains the three tasks", "each product is the next one's checkpoint; a second build does nothing", OwnTargets),
        new("an item's product is a checkpoint, another item keeps the checkpoint that its engine is made from", "each is made in the target of its stage; the kept one lies below obj and goes with clean", Stages),
        new("a project's only item is added by a target", "it is built, published without building, and named to others", OnlyAdded),
        new("a project's own targets hook before and after the engines, and add an item", "in this order; the added item is built", Hooks),
    ];

    private static void During(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Sixteen);
        folder.Run("restore", "app").Succeeded();
        folder.TraceHosts();
        Quiet(Ask(folder, "Compile"));
        Directory.Move(folder.Below("models"), folder.Below("not-here-yet"));
        Quiet(Ask(folder, "Compile"));
        Directory.Move(folder.Below("not-here-yet"), folder.Below("models"));
        Assert.False(folder.ToolWasStarted);
        Assert.Empty(folder.Engines(""));

        Task<CommandResult> real = Task.Run(() => folder.Run("build", "app", "--no-restore"));
        for (int i = 0; i < 3; i++)
        {
            Assert.Empty(Ask(folder, "Compile").Codes);
        }

        Assert.Empty(real.GetAwaiter().GetResult().Codes);
        folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Single(folder.Engines("app", "bin"));
        folder.TraceHosts();
        Quiet(Ask(folder, "Compile"));
        Quiet(Ask(folder, "CollectModelEngines"));
        Quiet(Ask(folder, "GetModelEngines"));
        Assert.False(folder.ToolWasStarted);
    }

    private static CommandResult Ask(StrangerFolder folder, string target) => folder.Run(["msbuild", "app/app.csproj", "-t:" + target, .. DesignTime]);

    private static void Quiet(CommandResult result) => Assert.Empty(result.Succeeded().Codes);

    private static void Names(StrangerFolder folder)
    {
        folder.Write("app/Program.cs", """System.Console.WriteLine(ModelEngines.DocLlama.Name + " " + System.IO.Directory.GetFiles(ModelEngines.DocLlama.Path).Length);""");
        folder.WriteProject("app", Scene.Eight);
        Assert.Contains("doc-llama 1", folder.Run("run", "--project", "app").Succeeded().Output);
        folder.Write("app/Program.cs", "System.Console.WriteLine(ModelEngines.DocLama.Path);");
        Assert.Contains("error CS0117", folder.Run("build", "app", "--no-restore").Output);
        folder.Write("app/Program.cs", """class ModelEngines { static void Main() { } }""");
        folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildGenerateSource=false").Succeeded();
        folder.Write("app/Program.cs", """System.Console.WriteLine(Contoso.ModelEngines.DocLlama.Name);""");
        folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildNamespace=Contoso", "-warnaserror").Succeeded();
    }

    private static void Friends(StrangerFolder folder)
    {
        folder.Lib("lib", Scene.Eight, """<ItemGroup><InternalsVisibleTo Include="app" /></ItemGroup>""");
        folder.Write("app/Program.cs", """System.Console.WriteLine(ModelEngines.Second.Name + " " + typeof(Parts.Of_lib).Name);""");
        folder.WriteProject("app", Scene.Eight + """EngineName="second" """, extra: """<ItemGroup><ProjectReference Include="../lib/lib.csproj" /></ItemGroup>""");
        folder.Run("build", "app", "-warnaserror", "-p:CheckpointBuildSkip=true").Succeeded();
        folder.Write("lib/Old.cs", "namespace Parts { public class Old { public string Name { get { return ModelEngines.DocLlama.Name; } } } }");
        folder.Run("build", "lib", "--no-restore", "-warnaserror", "-p:CheckpointBuildSkip=true", "-p:LangVersion=7.3", "-p:ImplicitUsings=disable").Succeeded();
    }

    private static void Languages(StrangerFolder folder)
    {
        const string Where = "System.IO.Path.Combine(ModelEngines.DocLlama.Path, ModelEngines.DocLlama.Name + \".gguf\")";
        folder.WriteProject("cs", Scene.Eight);
        string project = File.ReadAllText(folder.Below("cs", "cs.csproj"));
        folder.Write("vb/vb.vbproj", project);
        folder.Write("vb/Program.vb", $"""
            Module Program
              Sub Main()
                System.Console.WriteLine("found " & System.IO.File.Exists({Where}))
              End Sub
            End Module
            """);
        folder.Write("fs/fs.fsproj", project.Replace("<ItemGroup>", """<ItemGroup><Compile Include="Program.fs" />"""));
        folder.Write("fs/Program.fs", $"""printfn "found %b" (System.IO.File.Exists({Where}))""");
        folder.Write("All.slnx", """<Solution><Folder Name="/apps/"><Project Path="cs/cs.csproj" /><Project Path="vb/vb.vbproj" /><Project Path="fs/fs.fsproj" /></Folder></Solution>""");

        Assert.Empty(folder.Run("build", "All.slnx", "-check", "-warnaserror").Succeeded().Codes);
        Assert.Contains("found True", folder.Run("run", "--project", "vb", "--no-build").Succeeded().Output);
        Assert.Contains("found true", folder.Run("run", "--project", "fs", "--no-build").Succeeded().Output);
        BuildRecord second = folder.Record("build", "All.slnx", "-check", "--no-restore");
        Assert.Empty(second.Result.Succeeded().Codes);
        Assert.Equal(0, second.ToolStarts);
    }

    private static void Query(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        CommandResult before = folder.Run("build", "app", "-t:GetModelEngines", "-getTargetResult:GetModelEngines").Succeeded();
        Assert.DoesNotContain("ContentKey", before.Output);
        folder.Run("build", "app", "--no-restore").Succeeded();
        CommandResult after = folder.Run("build", "app", "--no-restore", "-getTargetResult:GetModelEngines").Succeeded();
        Assert.All(new[] { "\"EngineName\": \"doc-llama\"", "\"ContentKey\":", "\"Size\":", "\"OutputPath\":" }, part => Assert.Contains(part, after.Output));
    }

    private static void OwnTargets(StrangerFolder folder)
    {
        folder.WriteProject("app", null, extra: """
            <Target Name="Own" AfterTargets="Compile">
              <ItemGroup>
                <Source Include="../models/doc-llama" Engine="huggingface" DType="float32" />
              </ItemGroup>
              <ConvertCheckpoint Checkpoints="@(Source)" StoreDirectory="$(CheckpointBuildStoreRoot)" OutputDirectory="obj/converted"><Output TaskParameter="Products" ItemName="Converted" /></ConvertCheckpoint>
              <ItemGroup><Converted Update="@(Converted)" Quantization="q8_0" /></ItemGroup>
              <QuantizeModel Checkpoints="@(Converted)" StoreDirectory="$(CheckpointBuildStoreRoot)" OutputDirectory="obj/quantized"><Output TaskParameter="Products" ItemName="Quantized" /></QuantizeModel>
              <ItemGroup><Quantized Update="@(Quantized)" Engine="gguf" Quantization="" /></ItemGroup>
              <BuildEngine Checkpoints="@(Quantized)" StoreDirectory="$(CheckpointBuildStoreRoot)" OutputDirectory="obj/built"><Output TaskParameter="Files" ItemName="Built" /></BuildEngine>
              <Message Importance="high" Text="built @(Built->'%(Filename)%(Extension)')" />
            </Target>
            """);
        Assert.Contains("built doc-llama.gguf", folder.Run("build", "app").Succeeded().Output);
        Assert.Single(folder.Engines("app", "obj", "built"));
        BuildRecord second = folder.Record("build", "app", "--no-restore");
        second.Result.Succeeded();
        Assert.Equal(0, second.ToolStarts);
    }

    private static void Stages(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight + """KeepStages="true" """, extra: """<ItemGroup><ModelCheckpoint Include="../models/doc-llama" Engine="huggingface" DType="f16" EngineName="half" /></ItemGroup>""");
        BuildRecord built = folder.Record("build", "app");
        built.Result.Succeeded();
        Assert.Equal(["ConvertCheckpoints", "BuildModelEngines"], built.TargetsAsking("BuildEngine"));
        Assert.Single(Directory.GetFiles(folder.Below("app", "bin"), "model.safetensors", SearchOption.AllDirectories));
        string stage = Assert.Single(Directory.GetFiles(folder.Below("app", "obj"), "model.safetensors", SearchOption.AllDirectories));
        Assert.EndsWith(Path.Combine("stages", "doc-llama", "model.safetensors"), stage, System.StringComparison.Ordinal);
        Assert.Equal(0, folder.Record("build", "app", "--no-restore").ToolStarts);
        using var oracle = new Matrix.Oracle();
        Assert.Equal(oracle.Sha256(folder.Checkpoint, null, Scene.Eight), folder.EngineIn("app", "bin"));
        folder.Run("clean", "app").Succeeded();
        Assert.False(File.Exists(stage));
    }

    private static void OnlyAdded(StrangerFolder folder)
    {
        folder.WriteProject("app", null, extra: """<Target Name="Add" BeforeTargets="ResolveModelCheckpoints"><ItemGroup><ModelCheckpoint Include="../models/doc-llama" Engine="gguf" Quantization="q8_0" OutputSubdirectory="models" /></ItemGroup></Target>""");
        folder.Run("build", "app").Succeeded();
        Assert.Single(folder.Engines("app", "bin"));
        folder.Run("publish", "app", "--no-build", "-c", "Debug", "-o", folder.Below("published")).Succeeded();
        Assert.Single(folder.Engines("published"));
        Assert.Contains("\"ContentKey\":", folder.Run("build", "app", "--no-restore", "-getTargetResult:GetModelEngines").Succeeded().Output);
    }

    private static void Hooks(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight, extra: """
            <Target Name="Add" BeforeTargets="ResolveModelCheckpoints"><ItemGroup><ModelCheckpoint Include="../models/doc-llama" Engine="gguf" DType="f16" EngineName="added" /></ItemGroup></Target>
            <Target Name="Before" BeforeTargets="BeforeBuildModelEngines"><Message Importance="high" Text="before the engines" /></Target>
            <Target Name="After" AfterTargets="AfterBuildModelEngines"><Message Importance="high" Text="after the engines" /></Target>
            """);
        string output = folder.Run("build", "app").Succeeded().Output;
        int[] places = [.. new[] { "before the engines", "doc-llama:", "added:", "after the engines" }.Select(t => output.IndexOf(t, System.StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(2, folder.Engines("app", "bin").Length);
    }
}
