using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Core;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace CheckpointBuild.Tool.Packages;

/// <summary>Models in NuGet packages: from the folder that restore made, else from the user's own sources. What lies there is held against the package's manifest each time that it is built from, because NuGet does not do so.</summary>
/// <param name="folder">The project's folder, where the search for nuget.config begins.</param>
/// <param name="assetsFile">The project's restored assets, which say what version it references; null = none.</param>
/// <param name="offline">Whether no source may be asked.</param>
internal sealed class NuGetFeed(string folder, string? assetsFile, bool offline) : ModelFeed
{
    private const string NoFeed = "it is not reached, or is no feed";
    private readonly Lazy<NuGetSettings> _settings = new(() => Read(folder));
    private readonly Lazy<ProjectAssets> _assets = new(() => ProjectAssets.Read(assetsFile));

    // Where restore puts this project's packages.
    private string PackagesFolder => _assets.Value.Folders.FirstOrDefault() ?? _settings.Value.GlobalPackages;

    /// <inheritdoc/>
    public override string? VersionInUse(FetchRequest request) => request.Revision.Length > 0 ? null : _assets.Value.Versions.GetValueOrDefault(request.Reference.Name)?.ToNormalizedString();

    /// <inheritdoc/>
    public override async Task<FetchedModel> FetchAsync(FetchRequest request, FetchObserver observer, CancellationToken cancellation)
    {
        string id = request.Reference.Name;
        NuGetVersion version = request.Revision.Length > 0 ? Parse(id, request.Revision)
            : _assets.Value.Versions.GetValueOrDefault(id) ?? await NewestAsync(id, cancellation);
        return await FetchAsync(request, version, observer, cancellation);
    }

    /// <inheritdoc/>
    public override async Task<FetchedModel> FetchLockedAsync(FetchRequest request, LockedModel locked, FetchObserver observer, CancellationToken cancellation)
    {
        FetchedModel model = await FetchAsync(request, Parse(request.Reference.Name, locked.Commit), observer, cancellation);
        foreach (string path in locked.Files.Select(f => f.Path).Union(model.Files.Select(f => f.Path), StringComparer.Ordinal))
        {
            string? found = model.Files.FirstOrDefault(f => f.Path == path)?.Sha256;
            string? needed = locked.Files.FirstOrDefault(f => f.Path == path)?.Sha256;
            if (found != needed)
            {
                throw Errors.NotAsLocked($"{request.Reference} {locked.Commit}, {path}", found ?? "absent", needed ?? "that there is no such file");
            }
        }

        return model;
    }

    private async Task<FetchedModel> FetchAsync(FetchRequest request, NuGetVersion version, FetchObserver observer, CancellationToken cancellation)
    {
        ModelReference reference = request.Reference;
        string package = await FolderOfAsync(reference.Name, version, observer, cancellation);
        string manifestFile = Path.Combine(package, PackageManifest.Path);
        PackageManifest manifest = PackageManifest.Read(manifestFile);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = package };
        foreach (string part in manifest.Files.SelectMany(f => f.Pieces).Select(p => p.Package).Where(p => p.Length > 0).Distinct(StringComparer.Ordinal))
        {
            // A name out of a package goes into a path and a request: only the package's own parts may be meant.
            folders[part] = PackageLayout.IsPartOf(reference.Name, part) ? await FolderOfAsync(part, version, observer, cancellation)
                : throw Errors.NoPackageManifest(manifestFile, $"it names the package {Errors.Quote(part)}, which is no part of {reference.Name}");
        }

        string name = $"{reference.Name.ToLowerInvariant()}/{version.ToNormalizedString().ToLowerInvariant()}";
        string place = await Task.Run(() => new PackedModel(manifest, folders).Gather(name, cancellation), cancellation);
        FetchedFile[] files = [.. request.Files.OfPackage([.. manifest.Files.Select(f => new HubFile(f.Path, f.Size, HubFile.UnknownBlob) { LfsSha256 = f.Sha256 })], $"nuget:{name}", observer.Warn)
            .Select(f => new FetchedFile(f.Path, f.Size, f.LfsSha256)).OrderBy(f => f.Path, StringComparer.Ordinal)];
        if (request.LocalFolder is { } local)
        {
            place = await Task.Run(() => Copy(place, Path.GetFullPath(local), files, cancellation), cancellation);
        }

        if (request.ReadsFound)
        {
            await Task.Run(() => Verify(place, files, cancellation), cancellation);
        }

        return new FetchedModel(reference, place, version.ToNormalizedString(), [.. files]) { License = manifest.License, Name = manifest.Name };
    }

    private static string Copy(string from, string to, IEnumerable<FetchedFile> files, CancellationToken cancellation)
    {
        foreach (FetchedFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            string target = Path.Combine(to, file.Path);
            string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Path.Combine(from, file.Path), temporary);
                File.Move(temporary, target, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Errors.CannotWrite(target, e);
            }
            finally
            {
                if (File.Exists(temporary))
                {
                    File.Delete(temporary);
                }
            }
        }

        return to;
    }

    private static void Verify(string place, IEnumerable<FetchedFile> files, CancellationToken cancellation)
    {
        foreach (FetchedFile file in files)
        {
            string path = Path.Combine(place, file.Path);
            if (FileDigest.Sha256(path, cancellation) is var found && found != file.Sha256)
            {
                throw Errors.SourceNotAsLocked(path, found, file.Sha256!);
            }
        }
    }

    // Restored already, or in a folder that the user named for that: no request.
    private async Task<string> FolderOfAsync(string id, NuGetVersion version, FetchObserver observer, CancellationToken cancellation)
    {
        if (Restored(id, version) is { } there)
        {
            return there;
        }

        if (offline)
        {
            throw Errors.OfflineNeedsFiles($"nuget:{id} {version.ToNormalizedString()}", []);
        }

        observer.Say($"nuget:{id} {version.ToNormalizedString()}: to fetch; package feeds do not say how many bytes");
        await DownloadAsync(new PackageIdentity(id, version), cancellation);
        return Restored(id, version) ?? throw Errors.PackageDamaged(PackagesFolder, $"{id} {version.ToNormalizedString()} is not there after it was installed");
    }

    private string? Restored(string id, NuGetVersion version)
    {
        string below = Path.Combine(id.ToLowerInvariant(), version.ToNormalizedString().ToLowerInvariant());
        return _assets.Value.Folders.Append(_settings.Value.GlobalPackages).Concat(_settings.Value.Fallbacks).Select(root => Path.Combine(root, below)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, ".nupkg.metadata")));
    }

    // In their order, and a source that fails ends it, as in NuGet's own restore: the next one may have something else under the same name, put there for the moment when the first is away.
    private async Task DownloadAsync(PackageIdentity identity, CancellationToken cancellation)
    {
        string where = $"nuget:{identity.Id} {identity.Version.ToNormalizedString()}";
        IReadOnlyList<SourceRepository> sources = Sources(identity.Id, where);
        using var cache = new SourceCacheContext { NoCache = true };
        foreach (SourceRepository source in sources)
        {
            try
            {
                RefuseMissing(source, where);
                DownloadResource resource = await source.GetResourceAsync<DownloadResource>(cancellation) ?? throw Errors.PackageSourceFails(where, source.PackageSource.Name, NoFeed);
                var context = new PackageDownloadContext(cache, PackagesFolder, directDownload: false, _settings.Value.Mapping) { ClientPolicyContext = _settings.Value.Policy };
                using DownloadResourceResult result = await resource.GetDownloadResourceResultAsync(identity, context, PackagesFolder, NullLogger.Instance, cancellation);
                if (result.Status is DownloadResourceResultStatus.Available or DownloadResourceResultStatus.AvailableWithoutStream)
                {
                    await InstallAsync(result, identity, source, cancellation);
                    return;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                throw Fault(e, where, source.PackageSource.Name);
            }
        }

        throw Errors.PackageNotFound(where, sources.Select(s => s.PackageSource.Name));
    }

    // A feed over HTTP is installed while it is read; a folder feed only gives the package.
    private async Task InstallAsync(DownloadResourceResult result, PackageIdentity identity, SourceRepository source, CancellationToken cancellation)
    {
        if (result.PackageStream is { } stream && Restored(identity.Id, identity.Version) is null)
        {
            using DownloadResourceResult installed = await GlobalPackagesFolderUtility.AddPackageAsync(
                source.PackageSource.Source, identity, stream, PackagesFolder, Guid.Empty, _settings.Value.Policy, NullLogger.Instance, cancellation);
        }
    }

    private async Task<NuGetVersion> NewestAsync(string id, CancellationToken cancellation)
    {
        if (offline)
        {
            throw Errors.OfflineNeedsFiles($"nuget:{id}", []);
        }

        IReadOnlyList<SourceRepository> sources = Sources(id, $"nuget:{id}");
        var versions = new List<NuGetVersion>();
        using var cache = new SourceCacheContext { NoCache = true };
        foreach (SourceRepository source in sources)
        {
            try
            {
                RefuseMissing(source, $"nuget:{id}");
                FindPackageByIdResource resource = await source.GetResourceAsync<FindPackageByIdResource>(cancellation) ?? throw Errors.PackageSourceFails($"nuget:{id}", source.PackageSource.Name, NoFeed);
                versions.AddRange(await resource.GetAllVersionsAsync(id, cache, NullLogger.Instance, cancellation));
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                throw Fault(e, $"nuget:{id}", source.PackageSource.Name);
            }
        }

        return versions.Where(v => !v.IsPrerelease).DefaultIfEmpty().Max() ?? versions.DefaultIfEmpty().Max() ?? throw Errors.PackageNotFound($"nuget:{id}", sources.Select(s => s.PackageSource.Name));
    }

    private IReadOnlyList<SourceRepository> Sources(string id, string where)
    {
        IReadOnlyList<SourceRepository> sources = _settings.Value.SourcesOf(id, _assets.Value.Sources);
        return sources.Count > 0 ? sources
            : _settings.Value.Mapping.IsEnabled ? throw Errors.PackageNotMapped(where, _settings.Value.SourceNames())
            : throw Errors.NoPackageSources(where);
    }

    // NuGet itself finds nothing in a folder that is not there, and restore stops at it.
    private static void RefuseMissing(SourceRepository source, string where)
    {
        if (source.PackageSource.IsLocal && !Directory.Exists(source.PackageSource.Source))
        {
            throw Errors.PackageSourceFails(where, source.PackageSource.Name, "its folder is not there");
        }
    }

    private static NuGetSettings Read(string folder)
    {
        try
        {
            return new NuGetSettings(folder);
        }
        catch (NuGetConfigurationException e)
        {
            throw Errors.NuGetConfigDamaged(e.Message);
        }
    }

    // The platform's texts name addresses, and those may hold secrets: only their kind is told.
    private static CheckpointException Fault(Exception e, string where, string source)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case CheckpointException coded:
                    return coded;
                case SignatureException:
                    return Errors.PackageSignatureRefused(where, source);
                case HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden }:
                    return Errors.PackageSourceRefuses(where, source);
                case UnauthorizedAccessException:
                    return Errors.PackageSourceFails(where, source, "its folder, or the global packages folder, may not be used");
                default:
                    break;
            }
        }

        return Errors.PackageSourceFails(where, source, e is FatalProtocolException ? NoFeed : e.GetType().Name);
    }

    private static NuGetVersion Parse(string id, string text) =>
        NuGetVersion.TryParse(text.Trim('[', ']'), out NuGetVersion? version) ? version : throw Errors.BadPackageVersion($"nuget:{id}", text);
}
