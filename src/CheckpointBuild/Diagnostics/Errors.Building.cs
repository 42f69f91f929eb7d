using System;

namespace CheckpointBuild.Diagnostics;

/// <content>7xxx: build integration and store.</content>
internal static partial class Errors
{
    internal static CheckpointException ReportDamaged(string path, string problem) => new("CKPT7001",
        $"{path}: is no build report ({problem}). Build the product again.", path);

    internal static CheckpointException StoreNotWritable(string path, Exception inner) => new("CKPT7002",
        $"{path}: the store cannot be written ({inner.Message}). Check its permissions and space, or choose another with CheckpointBuildStoreRoot.", path, inner);

    internal static CheckpointException OutputIsSource(string path) => new("CKPT7003",
        $"{path}: is the folder of the checkpoint that is read, and would be written into. Choose another output directory.", path);

    internal static CheckpointException SourceChanged(string path) => new("CKPT7008",
        $"{path}: was changed while it was read. Build again when nothing writes to the checkpoint; what stood in the output before is intact.", path);

    internal static CheckpointException NoProject(string path) => new("CKPT7080",
        $"{path}: there is no project or solution here. Name a .csproj, .sln, .slnx or .slnf, or a folder that holds one of them.", path);

    internal static CheckpointException PlanFailed(string path, string lastWords) => new("CKPT7081",
        $"{path}: cannot be planned ({lastWords}). Build it to see the whole message.", path);

    internal static CheckpointException StoreWrong(string path, int damaged) => new("CKPT7082",
        $"{path}: {N(damaged)} {(damaged == 1 ? "entry is" : "entries are")} damaged. Remove what is with 'ckpt store gc --damaged'; the next build that wants one builds it again.", path);

    internal static CheckpointException ProductWrong(string directory, string fault) => new("CKPT7004",
        $"{directory}: {fault}. The product is not what was built; build it again.", directory);

    internal static CheckpointException NoReport(string directory) => new("CKPT7005",
        $"{directory}: there is no build-report.json here, so that nothing says what was built. What 'dotnet build' puts beside a program has its report in the store: 'dotnet build -getTargetResult:GetModelEngines' names the folder there (Identity), and 'ckpt store list --json' all of them.", directory);

    internal static CheckpointException RebuildDiffers(string directory, string file) => new("CKPT7006",
        $"{directory}: building again from the recorded recipe gives other bytes of '{file}'. The source has changed since, or the product is of another version.", directory);

    internal static CheckpointException PluginNotFound(string path) => new("CKPT7200",
        $"{path}: there is no plug-in here. Name its assembly, the folder that holds it, or its project, which must be built first.", path);

    internal static CheckpointException PluginNotLoadable(string path, string problem, Exception? inner = null) => new("CKPT7201",
        $"{path}: the plug-in cannot be loaded ({problem}). Build it for .NET 10 or earlier with EnableDynamicLoading, so that what it needs lies beside it.", path, inner);

    internal static CheckpointException PluginWithoutEntry(string path, int assemblies) => new("CKPT7202",
        $"{path}: {N(assemblies)} assemblies here name the entry of a plug-in, one is needed. Put [assembly: CheckpointPlugin(typeof(…), CheckpointPlugin.SurfaceVersion)] into the plug-in's own, and name that.", path);

    internal static CheckpointException PluginVersion(string path, int found, int needed) => new("CKPT7203",
        $"{path}: the plug-in was compiled against version {found} of the plug-in surface, this tool has version {needed}. Compile it against the library of the same version as the tool.", path);

    internal static CheckpointException PluginThrew(string plugin, Exception inner) => new("CKPT7204",
        $"plug-in {Quote(plugin)}: {inner.GetType().Name}: {inner.Message}. The fault is the plug-in's; tell whoever wrote it.", null, inner);

    internal static CheckpointException PluginNameTaken(string plugin, string kind, string name) => new("CKPT7205",
        $"plug-in {Quote(plugin)}: registers the {kind} {Quote(name)}, which is taken. Choose another name, or leave one of two plug-ins out.");

    internal static CheckpointException PluginMissing(string directory, string plugin, string sha256) => new("CKPT7206",
        $"{directory}: was built with the plug-in {Quote(plugin)} (SHA-256 {sha256}), which is not loaded. Name it by --plugin.", directory);

    internal static Diagnostic StoreEntryDamaged(string path, string fault) => new("CKPT7051",
        $"{path}: {fault}. The store's entry is damaged and is built again.", path);
}
