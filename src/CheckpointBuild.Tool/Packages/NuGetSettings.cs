using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace CheckpointBuild.Tool.Packages;

/// <summary>The user's own NuGet: sources, source mapping, credentials, signature rules and the global packages folder, as nuget.config says from the project's folder upwards.</summary>
internal sealed class NuGetSettings
{
    private const string Verification = "DOTNET_NUGET_SIGNATURE_VERIFICATION";
    private readonly ISettings _settings;

    /// <summary>Reads the settings.</summary>
    /// <param name="folder">The project's folder.</param>
    public NuGetSettings(string folder)
    {
        // What the dotnet command itself does: on Linux NuGet looks at signatures only where this is set.
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Verification) is null)
        {
            Environment.SetEnvironmentVariable(Verification, "true");
        }

        _settings = Settings.LoadDefaultSettings(folder);
        GlobalPackages = SettingsUtility.GetGlobalPackagesFolder(_settings);
        Fallbacks = [.. SettingsUtility.GetFallbackPackageFolders(_settings)];
        Mapping = PackageSourceMapping.GetPackageSourceMapping(_settings);
        Policy = ClientPolicyContext.GetClientPolicy(_settings, NullLogger.Instance);
    }

    /// <summary>Where restore puts packages.</summary>
    public string GlobalPackages { get; }

    /// <summary>Folders that are looked at after it.</summary>
    public IReadOnlyList<string> Fallbacks { get; }

    /// <summary>Which sources an id may come from.</summary>
    public PackageSourceMapping Mapping { get; }

    /// <summary>Which signatures are demanded.</summary>
    public ClientPolicyContext Policy { get; }

    /// <summary>The sources that an id may come from.</summary>
    /// <param name="id">The package.</param>
    /// <param name="restored">Addresses that the project's own restore was to ask; empty = those of nuget.config.</param>
    /// <returns>Those that are enabled and mapped.</returns>
    public IReadOnlyList<SourceRepository> SourcesOf(string id, IReadOnlyCollection<string> restored)
    {
        HttpHandlerResourceV3.CredentialService ??= new Lazy<ICredentialService>(() => new PluginCredentials());
        HashSet<string>? mapped = Mapping.IsEnabled ? new(Mapping.GetConfiguredPackageSources(id), StringComparer.OrdinalIgnoreCase) : null;
        PackageSource[] enabled = [.. Enabled()];

        // Those of nuget.config keep their names and credentials; a folder that the SDK adds may have gone with it.
        IEnumerable<PackageSource> asked = restored.Count == 0 ? enabled
            : restored.Select(r => enabled.FirstOrDefault(s => s.Source == r) ?? new PackageSource(r)).Where(s => !s.IsLocal || enabled.Contains(s) || Directory.Exists(s.Source));
        return [.. asked.Where(s => mapped is null || mapped.Contains(s.Name)).Select(s => Repository.Factory.GetCoreV3(s))];
    }

    /// <summary>Names of all enabled sources; addresses may hold secrets and are never printed.</summary>
    /// <returns>The names.</returns>
    public IReadOnlyList<string> SourceNames() => [.. Enabled().Select(s => s.Name)];

    private IEnumerable<PackageSource> Enabled() => SettingsUtility.GetEnabledSources(_settings);
}
