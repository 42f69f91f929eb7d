using System;
using System.Collections.Generic;
using System.Globalization;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.Diagnostics;

/// <summary>Every coded error and warning of the build integration, CKPT7100 to CKPT7199: one named factory per code.</summary>
/// <remarks>The tasks stand alone (no reference to the library), so they keep this list of their own; everything about a model itself is said by the tool.</remarks>
internal static class TaskErrors
{
    internal static TaskDiagnostic MissingSource(string include, string path) => new("CKPT7101",
        $"ModelCheckpoint '{include}': there is no file or folder {path}. Check the path, or fetch the checkpoint first{HubName(include)}.");

    internal static TaskDiagnostic SourceIsRoot(string include) => new("CKPT7102",
        $"ModelCheckpoint '{include}': this is the root of a drive, a checkpoint is a folder or a file below it. Probably a property in Include is not defined; give it a value.");

    internal static TaskDiagnostic DuplicateEngine(string engine, string first, string second) => new("CKPT7103",
        $"ModelCheckpoint '{second}': its engine '{engine}' is that of ModelCheckpoint '{first}' too, each needs a folder of its own. Give one of them another EngineName or OutputSubdirectory.");

    internal static TaskDiagnostic MisspelledMetadata(string include, string name, string nearest) => new("CKPT7104",
        $"ModelCheckpoint '{include}': metadata '{name}' is not known and has no effect. '{nearest}' is probably meant; correct it, or choose a name that is not so close.");

    internal static TaskDiagnostic OutputSubdirectoryOutside(string include, string subdirectory) => new("CKPT7105",
        $"ModelCheckpoint '{include}': OutputSubdirectory '{subdirectory}' leaves the output folder, a relative path below it is needed. Write one such as 'models'.");

    internal static TaskDiagnostic NoEngineName(string include) => new("CKPT7106",
        $"ModelCheckpoint '{include}': no engine name can be made from this path. Set EngineName.");

    internal static TaskDiagnostic CannotList(string path, string reason) => new("CKPT7107",
        $"{path}: the checkpoint's files cannot be listed ({reason}). Check the permissions.", path);

    internal static TaskDiagnostic MissingMetadata(string include, string task, string metadata) => new("CKPT7108",
        $"ModelCheckpoint '{include}': {task} needs the metadata {metadata}, which is not set. Set it on the item, or for all items with the property CheckpointBuild{metadata}.");

    internal static TaskDiagnostic UnknownValue(string where, string value, IReadOnlyList<string> valid) => new("CKPT7109",
        $"{where} '{value}' is not possible (valid: {string.Join(", ", valid)}{Nearest(value, valid)}). Use one of these.");

    internal static TaskDiagnostic PatternWithoutMatch(string include) => new("CKPT7116",
        $"ModelCheckpoint '{include}': no folder with a checkpoint matches this pattern. Check the path, or fetch the checkpoints first.");

    internal static TaskDiagnostic PatternOfFiles(string include, string project, int line) => new("CKPT7117",
        $"ModelCheckpoint '{include}': this pattern matches folders, MSBuild's wildcards match files alone, and so there is no item. Write '{include.TrimEnd('/', '\\')}/config.json', or '%2A' for each asterisk.", project) { Line = line };

    internal static TaskDiagnostic UpdateInLockedMode() => new("CKPT7118",
        "CheckpointBuildUpdateLock resolves names anew, CheckpointBuildLockedMode forbids it (it is true where ContinuousIntegrationBuild is). Update the lock file with -p:CheckpointBuildLockedMode=false, look at what changed, and commit it.");

    internal static TaskDiagnostic ToolNotFound(string path) => new("CKPT7110",
        $"{path}: the tool ckpt is not there. Restore the packages again, or correct the property CheckpointBuildToolPath, which a task in a target of one's own gets as ToolPath=\"$(CheckpointBuildToolPath)\".", path);

    internal static TaskDiagnostic ToolNotStarted(string command, string reason) => new("CKPT7111",
        $"{command}: cannot be started ({reason}). Check that the .NET host exists and can be run.");

    internal static TaskDiagnostic ToolDied(int? exitCode, string lastWords) => new("CKPT7112",
        $"ckpt worker ended without a result (exit code {exitCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}){Tail(lastWords)}. Build again with -v:detailed and read its output.");

    internal static TaskDiagnostic ToolFailedSilently() => new("CKPT7113",
        "ckpt worker reported a failure without saying which. Build again with -v:detailed and read its output.");

    internal static TaskDiagnostic NoProduct(string engine) => new("CKPT7114",
        $"ckpt worker reported success but no product for engine '{engine}'. The tool does not fit this version of the tasks; restore the packages again.");

    internal static TaskDiagnostic WouldBuild(string engine, string reason) => new("CKPT7115",
        $"engine '{engine}' is not up to date ({reason}), and this build may only ask. Build without -question.");

    internal static TaskDiagnostic StoreFileMissing(string path) => new("CKPT7120",
        $"{path}: the engine's file is no longer in the store. Build again.", path);

    internal static TaskDiagnostic StoreFileDamaged(string path, string found, string needed) => new("CKPT7121",
        $"{path}: this file of the store is damaged ({found}, needed {needed}), nothing was copied. Build again with -p:CheckpointBuildForce=true.", path);

    internal static TaskDiagnostic CannotWrite(string path, string reason) => new("CKPT7122",
        $"{path}: cannot be written ({reason}). Check the free space, the permissions, and that no process holds the file; what was there before is unchanged.", path);

    internal static TaskDiagnostic CannotDelete(string path, string reason) => new("CKPT7123",
        $"{path}: cannot be deleted ({reason}). Close whatever holds it and clean again.", path);

    internal static TaskDiagnostic NoState(string path, string reason) => new("CKPT7124",
        $"{path}: the task cannot remember its work there ({reason}). Check the free space and the permissions.", path);

    internal static TaskDiagnostic NotEnoughSpace(string path, long needed, long free) => new("CKPT7125",
        $"{path}: there is no space left for this file ({Count(needed)} bytes are needed, {Count(free)} are free). Make space; what was there before is unchanged.", path);

    internal static TaskDiagnostic StaleEngine(string engine, string reason) => new("CKPT7130",
        $"engine '{engine}' is older than its checkpoint or its options ({reason}), and this command does not build. Run dotnet build first.");

    internal static TaskDiagnostic EngineNotBuilt(string engine) => new("CKPT7131",
        $"engine '{engine}' has not been built or its files are gone, and this command does not build. Run dotnet build first.");

    internal static TaskDiagnostic EnginesClash(string path, string first, string second) => new("CKPT7132",
        $"{path}: two referenced projects bring different engines for this place (keys {first} and {second}), and the one that is copied last stays. Give one of them another EngineName or OutputSubdirectory.");

    internal static TaskDiagnostic RawCheckpointShipped(string path, string checkpoint) => new("CKPT7133",
        $"{path}: this file of the checkpoint {checkpoint} is published beside the engine that is made from it. Leave it out, for example with <Content Remove=\"…\" /> or CopyToPublishDirectory=\"Never\".");

    internal static TaskDiagnostic PackageTooLarge(string package, long bytes, long limit) => new("CKPT7134",
        $"{package}: engines of {Count(bytes)} bytes are packed, public NuGet feeds take packages of {Count(limit)} bytes at most. Use a feed without that limit, a smaller quantization, or ship the engine another way.");

    internal static TaskDiagnostic PackedEnginesClash(string path, string first, string second) => new("CKPT7135",
        $"{path}: two target frameworks pack different engines for this place of the package (keys {first} and {second}). Give one of them another PackagePath or EngineName.");

    internal static TaskDiagnostic PackageTargetsTaken(string package, string file, string import) => new("CKPT7136",
        $"{package}: the package has targets of its own in {file}, and NuGet would import those or the ones that bring its engines, not both. Import the engines' there: <Import Project=\"{import}\" />.");

    // Whoever copies the address of a model's page from a browser learns how the Hub's models are named.
    private static string HubName(string include)
    {
        const string Page = "://huggingface.co/";
        int start = include.IndexOf(Page, StringComparison.OrdinalIgnoreCase);
        string[] parts = start < 0 ? [] : include.Substring(start + Page.Length).Split('/');
        return parts.Length >= 2 ? $"; a model of the Hugging Face Hub is named 'hf:{parts[0]}/{parts[1]}'" : string.Empty;
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Nearest(string value, IReadOnlyList<string> valid) => NearestName.Of(value, valid) is { } nearest ? "; nearest: " + nearest : string.Empty;

    private static string Tail(string lastWords) => lastWords.Length == 0 ? string.Empty : ": " + lastWords;
}
