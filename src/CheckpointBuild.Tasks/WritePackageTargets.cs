using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Placing;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Writes the targets that let a package which carries engines put them into the output of every project that uses it, however far away.</summary>
/// <remarks>Of the standard targets; its parameters may change. Each file is named by itself: no wildcard, and one copy for all target frameworks.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class WritePackageTargets : Task
{
    private const int ShortKeyLength = 12;

    private readonly List<ITaskItem> _packed = [];

    /// <summary>The engines' files, as <see cref="CollectEngineFiles.Files"/>, those to pack.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>What else the package may hold: items with <c>PackagePath</c>, of which the author's own targets and props are looked at.</summary>
    public ITaskItem[] Others { get; set; } = [];

    /// <summary>The folder to write into.</summary>
    [Required]
    public string Folder { get; set; } = string.Empty;

    /// <summary>The package, for messages.</summary>
    [Required]
    public string PackageId { get; set; } = string.Empty;

    /// <summary>Bytes of engines above which the package is too large for public feeds.</summary>
    public long SizeLimit { get; set; } = long.MaxValue;

    /// <summary>What goes into the package, with <c>PackagePath</c>: every file once, and the targets.</summary>
    [Output]
    public ITaskItem[] Packed => [.. _packed];

    /// <inheritdoc/>
    public override bool Execute()
    {
        DiagnosticLog log = new(Log);
        try
        {
            Dictionary<string, ITaskItem> files = new(StringComparer.OrdinalIgnoreCase);
            foreach (ITaskItem file in Files)
            {
                Add(file, files, log);
            }

            long bytes = files.Values.Sum(file => long.Parse(file.GetMetadata("Size"), NumberStyles.Integer, CultureInfo.InvariantCulture));
            if (bytes > SizeLimit)
            {
                log.Warning(TaskErrors.PackageTooLarge(PackageId, bytes, SizeLimit));
            }

            WriteTargets(files.Values, log);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Error(TaskErrors.CannotWrite(Folder, exception.Message));
        }

        return !log.HasErrors;
    }

    // Of several target frameworks each may bring engines; most bring the same.
    private void Add(ITaskItem file, Dictionary<string, ITaskItem> files, DiagnosticLog log)
    {
        string path = file.GetMetadata("PackagePath");
        if (!files.TryGetValue(path, out ITaskItem? first))
        {
            files.Add(path, file);
            _packed.Add(file);
        }
        else if (!first.GetMetadata("Sha256").Equals(file.GetMetadata("Sha256"), StringComparison.Ordinal))
        {
            log.Error(TaskErrors.PackedEnginesClash(path, ShortKey(first), ShortKey(file)));
        }
    }

    private void WriteTargets(IEnumerable<ITaskItem> files, DiagnosticLog log)
    {
        List<PackagedFile> own = PackagedFile.Of(Others, PackageId);
        List<PackagedFile> inTheWay = own.FindAll(f => f.IsOfFramework || (f.IsTransitive && f.IsTargets));
        string name = PackageId + ".targets", place = inTheWay.Count == 0 ? "buildTransitive/" : "engines/";
        foreach (IGrouping<string, PackagedFile> folder in inTheWay.GroupBy(f => f.Folder, StringComparer.OrdinalIgnoreCase))
        {
            PackagedFile file = folder.FirstOrDefault(f => f.IsTargets) ?? folder.First();
            string import = string.Concat(file.Folder.Split('/').Select(_ => "../")) + place + name;
            if (!File.ReadAllText(file.FullPath).Replace('\\', '/').Contains(import))
            {
                log.Error(TaskErrors.PackageTargetsTaken(PackageId, file.PackagePath, "$(MSBuildThisFileDirectory)" + import));
            }
        }

        // Beside ours in buildTransitive, NuGet looks at nothing in build any more.
        List<PackagedFile> hidden = own.Exists(f => f.IsTransitive) ? [] : own.FindAll(f => !f.IsOfFramework);
        Write(name, place, Document(inTheWay.Count == 0 && hidden.Exists(f => f.IsTargets) ? name : null, files.Select(Item)));
        if (inTheWay.Count == 0 && hidden.Exists(f => !f.IsTargets))
        {
            Write(PackageId + ".props", place, new XElement("Project", Import(PackageId + ".props")));
        }
    }

    private void Write(string name, string place, XElement document)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Folder);
        File.WriteAllText(path, document + "\n", new UTF8Encoding(false));
        TaskItem item = new(EngineItems.Escape(path));
        item.SetMetadata("PackagePath", EngineItems.Escape(place + name));
        _packed.Add(item);
    }

    private static XElement Import(string name) => new("Import", new XAttribute("Project", "$(MSBuildThisFileDirectory)../build/" + EngineItems.Escape(name)));

    // As the package's own targets: a newer package may bring an engine with an older time.
    private static XElement Document(string? own, IEnumerable<object> items) => new(
        "Project",
        own is null ? null : Import(own),
        new XElement(
            "PropertyGroup",
            new XElement("_PackedEngineCopyMode", "PreserveNewest"),
            new XElement("_PackedEngineCopyMode", new XAttribute("Condition", "'$(DesignTimeBuild)' != 'true' and $([MSBuild]::VersionGreaterThanOrEquals('$(MSBuildVersion)', '17.13'))"), "IfDifferent")),
        new XElement("ItemGroup", items));

    private static string ShortKey(ITaskItem file) => file.GetMetadata("ContentKey").Substring(0, ShortKeyLength);

    private static XElement Item(ITaskItem file) => new(
        "None",
        new XAttribute("Include", "$(MSBuildThisFileDirectory)../" + EngineItems.Escape(file.GetMetadata("PackagePath"))),
        new XAttribute("Link", EngineItems.Escape(file.GetMetadata("TargetPath"))),
        new XAttribute("CopyToOutputDirectory", "$(_PackedEngineCopyMode)"),
        new XAttribute("CopyToPublishDirectory", "Always"),
        new XAttribute("ExcludeFromSingleFile", "true"),
        new XAttribute("Pack", "false"),
        new XAttribute("Visible", "false"));
}
