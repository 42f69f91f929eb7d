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
using NuGet.Common;
using NuGet.Packaging.Core;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace CheckpointBuild.Tool.Packages;

/// <summary>Models in NuGet packages: from the folder that restore made, else from the user's own sources. What lies there is held against the package's manifest each time, because NuGet does not do so.</summary>
/// <param name="folder">The project's folder, where the search for nuget.config begins.</param>
/// <param name="assetsFile">The project's restored assets, which say what version it references; null = none.</param>
/// <param name="offline">Whether no source may be asked.</param>
internal sealed class NuGetFeed(string folder, string? assetsFile, bool offline) : ModelFeed
{
    private const string NoFeed = "it is not reached, or is no feed";
    private readonly Lazy<NuGetSettings> _settings = new(() => new NuGetSettings(folder));

    /// <inheritdoc/>
    public override async Task<FetchedModel> FetchAsync(FetchRequest request, FetchObserver observer, CancellationToken cancellation)
    {
        string id = request.Reference.Name;
        NuGetVersion version = request.Revision.Length > 0 ? Parse(id, request.Revision)
            : ProjectAssets.VersionOf(assetsFile, id) ?? await NewestAsync(id, cancellation);
        return await FetchAsync(request.Reference, version, observer, cancellation);
    }

    /// <inheritdoc/>
    public override async Task<FetchedModel> FetchLockedAsync(FetchRequest request, LockedModel locked, FetchObserver observer, CancellationToken cancellation)
    {
        FetchedModel model = await FetchAsync(request.Reference, Parse(request.Reference.Name, locked.Commit), observer, cancellation);
        foreach (LockedFile file in locked.Files)
        {
            string? found = model.Files.FirstOrDefault(f => f.Path == file.Path)?.Sha256;
            if (found != file.Sha256)
            {
                throw Errors.NotAsLocked($"{request.Reference} {locked.Commit}, {file.Path}", found ?? "absent", file.Sha256);
            }
        }

        return model;
    }

    private async Task<FetchedModel> FetchAsync(ModelReference reference, NuGetVersion version, FetchObserver observer, CancellationToken cancellation)
    {
        string package = await FolderOfAsync(reference.Name, version, observer, cancellation);
        PackageManifest manifest = PackageManifest.Read(Path.Combine(package, PackageManifest.Path));
        var folders = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = package };
        foreach (string part in manifest.Files.SelectMany(f => f.Pieces).Select(p => p.Package).Where(p => p.Length > 0).Distinct(StringComparer.Ordinal))
        {
            folders[part] = await FolderOfAsync(part, version, observer, cancellation);
        }

        string place = await Task.Run(() => new PackedModel(manifest, folders).Gather($"{reference.Name.ToLowerInvariant()}/{version.ToNormalizedString().ToLowerInvariant()}", cancellation), cancellation);
        return new FetchedModel(reference, place, version.ToNormalizedString(), [.. manifest.Files.Select(f => new FetchedFile(f.Path, f.Size, f.Sha256)).OrderBy(f => f.Path, StringComparer.Ordinal)]) { License = manifest.License, Name = manifest.Name };
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

        observer.Say($"nuget:{id} {version.ToNormalizedString()}: to fetch");
        await DownloadAsync(new PackageIdentity(id, version), cancellation);
        return Restored(id, version) ?? throw Errors.PackageDamaged(_settings.Value.GlobalPackages, $"{id} {version.ToNormalizedString()} is not there after it was installed");
    }

    private string? Restored(string id, NuGetVersion version)
    {
        string below = Path.Combine(id.ToLowerInvariant(), version.ToNormalizedString().ToLowerInvariant());
        return _settings.Value.Fallbacks.Prepend(_settings.Value.GlobalPackages).Select(root => Path.Combine(root, below)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, ".nupkg.metadata")));
    }

    private async Task DownloadAsync(PackageIdentity identity, CancellationToken cancellation)
    {
        string where = $"nuget:{identity.Id} {identity.Version.ToNormalizedString()}";
        IReadOnlyList<SourceRepository> sources = Sources(identity.Id, where);
        CheckpointException? first = null;
        using var cache = new SourceCacheContext { NoCache = true };
        foreach (SourceRepository source in sources)
        {
            try
            {
                DownloadResource resource = await source.GetResourceAsync<DownloadResource>(cancellation) ?? throw Errors.PackageSourceFails(where, source.PackageSource.Name, NoFeed);
                var context = new PackageDownloadContext(cache, _settings.Value.GlobalPackages, directDownload: false, _settings.Value.Mapping) { ClientPolicyContext = _settings.Value.Policy };
                using DownloadResourceResult result = await resource.GetDownloadResourceResultAsync(identity, context, _settings.Value.GlobalPackages, NullLogger.Instance, cancellation);
                if (result.Status is DownloadResourceResultStatus.Available or DownloadResourceResultStatus.AvailableWithoutStream)
                {
                    await InstallAsync(result, identity, source, cancellation);
                    return;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                first ??= Fault(e, where, source.PackageSource.Name);
            }
        }

        throw first ?? Errors.PackageNotFound(where, sources.Select(s => s.PackageSource.Name));
    }

    // A feed over HTTP is installed while it is read; a folder feed only gives the package.
    private async Task InstallAsync(DownloadResourceResult result, PackageIdentity identity, SourceRepository source, CancellationToken cancellation)
    {
        if (result.PackageStream is { } stream && Restored(identity.Id, identity.Version) is null)
        {
            using DownloadResourceResult installed = await GlobalPackagesFolderUtility.AddPackageAsync(
                source.PackageSource.Source, identity, stream, _settings.Value.GlobalPackages, Guid.Empty, _settings.Value.Policy, NullLogger.Instance, cancellation);
        }
    }

    private async Task<NuGetVersion> NewestAsync(string id, CancellationToken cancellation)
    {
        if (offline)
        {
            throw Errors.OfflineNeedsFiles($"nuget:{id}", []);
        }

        IReadOnlyList<SourceRepository> sources = Sources(id, $"nuget:{id}");
        CheckpointException? first = null;
        var versions = new List<NuGetVersion>();
        using var cache = new SourceCacheContext { NoCache = true };
        foreach (SourceRepository source in sources)
        {
            try
            {
                FindPackageByIdResource resource = await source.GetResourceAsync<FindPackageByIdResource>(cancellation) ?? throw Errors.PackageSourceFails($"nuget:{id}", source.PackageSource.Name, NoFeed);
                versions.AddRange(await resource.GetAllVersionsAsync(id, cache, NullLogger.Instance, cancellation));
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                first ??= Fault(e, $"nuget:{id}", source.PackageSource.Name);
            }
        }

        return versions.Where(v => !v.IsPrerelease).DefaultIfEmpty().Max() ?? versions.DefaultIfEmpty().Max() ?? throw first ?? Errors.PackageNotFound($"nuget:{id}", sources.Select(s => s.PackageSource.Name));
    }

    private IReadOnlyList<SourceRepository> Sources(string id, string where)
    {
        IReadOnlyList<SourceRepository> sources = _settings.Value.SourcesOf(id);
        return sources.Count > 0 ? sources
            : _settings.Value.Mapping.IsEnabled ? throw Errors.PackageNotMapped(where, _settings.Value.SourceNames())
            : throw Errors.NoPackageSources(where);
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
