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
        $"{path}: {N(damaged)} entries are damaged. Remove them with 'ckpt store gc --damaged'; the next build that wants one builds it again.", path);

    internal static CheckpointException ProductWrong(string directory, string fault) => new("CKPT7004",
        $"{directory}: {fault}. The product is not what was built; build it again.", directory);

    internal static CheckpointException NoReport(string directory) => new("CKPT7005",
        $"{directory}: there is no build-report.json here, so that nothing says what was built. Only products of this tool can be verified.", directory);

    internal static CheckpointException RebuildDiffers(string directory, string file) => new("CKPT7006",
        $"{directory}: building again from the recorded recipe gives other bytes of '{file}'. The source has changed since, or the product is of another version.", directory);

    internal static Diagnostic StoreEntryDamaged(string path, string fault) => new("CKPT7051",
        $"{path}: {fault}. The store's entry is damaged and is built again.", path);
}
