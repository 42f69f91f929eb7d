using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Diagnostics;

/// <content>6xxx: acquisition.</content>
internal static partial class Errors
{
    internal static CheckpointException BadModelName(string text, string needed) => new("CKPT6001",
        $"{Quote(text)}: is no name of a model ({needed} is needed). Correct it; a folder is written as ./name.");

    internal static CheckpointException BadHubVariable(string name, string found, string needed) => new("CKPT6002",
        $"{name} {Quote(found)}: cannot be used ({needed} is needed). Correct the environment variable, or remove it.");

    internal static CheckpointException RepositoryNotFound(string where) => new("CKPT6003",
        $"{where}: there is no such repository. Check its name and the organization's.");

    internal static CheckpointException RepositoryNotFoundWithoutToken(string where) => new("CKPT6004",
        $"{where}: there is no such repository, or it is private. Check its name; for a private one set HF_TOKEN to a token that may read it.");

    internal static CheckpointException RevisionNotFound(string where) => new("CKPT6005",
        $"{where}: the repository has no such revision. Name a branch, a tag or a commit of it.");

    internal static CheckpointException EntryNotFound(string where) => new("CKPT6006",
        $"{where}: the repository has no such file. Check its name and the revision.");

    internal static CheckpointException RepositoryGated(string where, string page, bool hasToken) => new("CKPT6007",
        $"{where}: the repository is gated{(hasToken ? ", and the account of HF_TOKEN has no access to it" : "")}. Ask for access at {page}, {(hasToken ? "or take the token of an account that has it" : "then set HF_TOKEN to a token of that account")}.");

    internal static CheckpointException RepositoryDisabled(string where) => new("CKPT6008",
        $"{where}: the repository is disabled by the Hub. Take another model; its page says why.");

    internal static CheckpointException TokenRefused(string where) => new("CKPT6009",
        $"{where}: the Hub refuses the token. Check that HF_TOKEN is valid and may read this repository, or unset it for a public one.");

    internal static CheckpointException RateLimited(string where, bool hasToken) => new("CKPT6010",
        $"{where}: the Hub has had too many requests from here. Try again in some minutes{(hasToken ? "" : "; with HF_TOKEN set, more are allowed")}.");

    internal static CheckpointException HubStatus(string where, int status) => new("CKPT6011",
        $"{where}: the server answers with status {status}. Try again later; what arrived is kept.");

    internal static CheckpointException HostStatus(string where, string host, int status) => new("CKPT6018",
        $"{where}: {host}, which the Hub sends to for the content, answers with status {status}. Try again later; where it goes on, ask whether a firewall or a proxy keeps that host away. What arrived is kept.");

    internal static CheckpointException NoConnection(string where, string reason) => new("CKPT6012",
        $"{where}: the server is not reached ({reason}). Check the network, HTTPS_PROXY and HF_ENDPOINT, and try again; what arrived is kept.");

    internal static CheckpointException BadHubAnswer(string where, string problem) => new("CKPT6013",
        $"{where}: the server's answer cannot be used ({problem}). Check HF_ENDPOINT and the proxy, and try again.");

    internal static CheckpointException BadHubPath(string where, string path) => new("CKPT6014",
        $"{where}: names a file {Quote(path)}, which cannot lie below a folder on every system. Leave it out by Files (-PATTERN), or take another repository.");

    internal static CheckpointException OfflineNeedsFiles(string where, IReadOnlyCollection<string> files) => new("CKPT6015",
        $"{where}: {(files.Count > 0 ? $"{Some(files)} {(files.Count == 1 ? "is" : "are")} not in the cache" : "is not in the cache")}, and the network must not be used (CheckpointBuildOffline, CheckpointBuildRestore=false, --offline, HF_HUB_OFFLINE, or 'ckpt plan', which fetches nothing). Fetch it once with the network: ckpt fetch, or ckpt restore in the project.");

    internal static CheckpointException ContentWrong(string where, string found, string needed) => new("CKPT6016",
        $"{where}: what was sent hashes to {found}, the server itself states {needed}. Nothing of it was kept; try again, or ask the repository's owner.") { MayBeMendedByFetching = true };

    internal static CheckpointException ContentChanged(string where, string before, string now) => new("CKPT6017",
        $"{where}: its content was {before} when the download began and is {now} now. A commit does not change; check HF_ENDPOINT, and try again.");

    internal static CheckpointException PatternMatchesNothing(string where, string pattern, IEnumerable<string> files) => new("CKPT6020",
        $"{where}: no file matches {Quote(pattern)} (there are {Some(files)}). Correct Files.");

    internal static CheckpointException NoWeights(string where, IEnumerable<string> files) => new("CKPT6021",
        $"{where}: there are no weights (*.safetensors, pytorch_model.bin, *.gguf or consolidated*.pth) in its root folder (there are {Some(files)}). Take the repository that holds them, or name them by Files.");

    internal static CheckpointException SeveralWeights(string where, IEnumerable<string> files) => new("CKPT6022",
        $"{where}: holds several sets of weights ({Some(files)}). Say which by Files, such as Files=\"*q4_k_m.gguf\".");

    internal static CheckpointException NoAdapterInRepository(string where, IEnumerable<string> files) => new("CKPT6023",
        $"{where}: holds no adapter (adapter_model.safetensors, .bin or .pt in its root folder; there are {Some(files)}). Name the repository of a PEFT adapter, or fetch what it is and name the folder.");

    internal static CheckpointException CacheNotWritable(string path, Exception inner) => new("CKPT6030",
        $"{path}: cannot be written ({inner.Message}). Check the permissions and space, or choose another cache with HF_HUB_CACHE.", path, inner);

    internal static CheckpointException SourceNotAsLocked(string path, string found, string needed) => new("CKPT6031",
        $"{path}: hashes to {found}, {needed} is what was fetched or locked. The file was changed or damaged on this machine: delete it and fetch it again; 'ckpt cache verify' finds others.", path) { MayBeMendedByFetching = true };

    internal static CheckpointException LockDamaged(string path, string problem) => new("CKPT6040",
        $"{path}: is no lock file ({problem}). Take the committed one again, or delete it and run 'ckpt restore'.", path);

    internal static CheckpointException NotLocked(string name, string path, IEnumerable<string> entries)
    {
        string[] others = [.. entries];
        return new("CKPT6041",
            $"{name}: has no entry in {path}{(others.Length > 0 ? $" (there are {string.Join(", ", others)})" : "")}, and in locked mode no name is resolved. Run 'ckpt restore' beside the project and commit the file.", path);
    }

    internal static CheckpointException NotAsLocked(string where, string found, string locked) => new("CKPT6042",
        $"{where}: is {found} at the server, the lock file says {locked}. If the change is wanted, run 'ckpt restore --update' and look at what it prints; otherwise check HF_ENDPOINT.");

    internal static CheckpointException ProjectNotRestored(string project, int exitCode) => new("CKPT6043",
        $"{project}: restoring its checkpoints failed (dotnet msbuild ended with {exitCode}; its messages stand above). Mend what they name and run the command again.", project);

    internal static CheckpointException NoProject(string path, int found) => new("CKPT6044",
        $"{path}: holds {found} project files, one is needed. Name the project.", path);

    internal static CheckpointException LockNotWritable(string path, Exception inner) => new("CKPT6045",
        $"{path}: cannot be written ({inner.Message}). Check the permissions of the project's folder and the space; what was fetched is kept.", path, inner);

    internal static CheckpointException ReferenceMoved(string name, string found, string locked, string path) => new("CKPT6046",
        $"{name}: the project references version {found}, {path} has {locked}. Run 'ckpt restore' beside the project without locked mode and commit the file, or take the reference back.", path);

    internal static CheckpointException CacheDamaged(string path, int count) => new("CKPT6032",
        $"{path}: {count} {(count == 1 ? "file of the cache is" : "files of the cache are, this one first,")} not what the name says. Delete what is listed and fetch it again.", path);

    internal static CheckpointException PackageNotFound(string where, IEnumerable<string> sources) => new("CKPT6060",
        $"{where}: is in none of the package sources that may have it ({Some(sources)}). Check id and version, and the sources in nuget.config.");

    internal static CheckpointException PackageNotMapped(string where, IEnumerable<string> sources) => new("CKPT6061",
        $"{where}: the package source mapping of nuget.config lets no source have this id (there are {Some(sources)}). Add a pattern for it to the source that it comes from.");

    internal static CheckpointException PackageSourceRefuses(string where, string source) => new("CKPT6062",
        $"{where}: the package source {Quote(source)} refuses the credentials, or wants some. Check them in nuget.config, or the credential plug-in, with 'dotnet restore'.");

    internal static CheckpointException NoPackageManifest(string path, string problem) => new("CKPT6063",
        $"{path}: is no manifest of a model ({problem}). The package was not made by 'ckpt pack'; take one that was.", path);

    internal static CheckpointException PackageDamaged(string path, string problem) => new("CKPT6064",
        $"{path}: is not what its package's manifest says ({problem}). Delete the package's folder and restore again.", path);

    internal static CheckpointException PackageSignatureRefused(string where, string source) => new("CKPT6065",
        $"{where}: its signature does not satisfy the rules of nuget.config (from source {Quote(source)}). Take a package that is signed by somebody whom you trust, or change trustedSigners.");

    internal static CheckpointException BadPackageVersion(string where, string version) => new("CKPT6066",
        $"{where}: version {Quote(version)} is none (1.2.3, or 1.2.3-beta.1, is needed). Correct it.");

    internal static CheckpointException PackageSourceFails(string where, string source, string reason) => new("CKPT6067",
        $"{where}: the package source {Quote(source)} fails ({reason}). Check it with 'dotnet restore', and try again.");

    internal static CheckpointException NuGetConfigDamaged(string problem) => new("CKPT6071",
        $"nuget.config: cannot be read ({problem.TrimEnd('.')}). Correct it; 'dotnet restore' reads the same files.");

    internal static CheckpointException PackageSizeTooSmall(long most, long needed) => new("CKPT6068",
        $"--max-package-size {N(most)}: leaves no room for a model ({N(needed)} bytes are needed at least). Choose a larger size.");

    internal static CheckpointException NoPackageSources(string where) => new("CKPT6069",
        $"{where}: nuget.config names no package source that is enabled. Add the one that the package comes from.");

    internal static CheckpointException BadLicense(string text, string problem) => new("CKPT6070",
        $"--license {Quote(text)}: is no licence expression ({problem.TrimEnd('.')}). Name an SPDX licence such as Apache-2.0, or LicenseRef-NAME for one of its own; leave the option away where there is none.");

    internal static Diagnostic WeightsArePickle(string where, string file) => new("CKPT6051",
        $"{where}: has no safetensors; {Quote(file)} is a Python pickle. It is read without running anything in it; prefer a repository with safetensors.");

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? "none at all" : string.Join(", ", all.Take(8).Select(Quote)) + (all.Length > 8 ? $" and {all.Length - 8} more" : "");
    }
}
