using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
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
    /// <summary>The engines' files, as <see cref="CollectEngineFiles.Files"/>, those to pack.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>The file to write.</summary>
    [Required]
    public string TargetsFile { get; set; } = string.Empty;

    /// <summary>The package, for messages.</summary>
    [Required]
    public string PackageId { get; set; } = string.Empty;

    /// <summary>Bytes of engines above which the package is too large for public feeds.</summary>
    public long SizeLimit { get; set; } = long.MaxValue;

    /// <inheritdoc/>
    public override bool Execute()
    {
        DiagnosticLog log = new(Log);
        try
        {
            long bytes = 0;
            List<XElement> items = [];
            foreach (ITaskItem file in Files)
            {
                bytes += long.Parse(file.GetMetadata("Size"), NumberStyles.Integer, CultureInfo.InvariantCulture);
                items.Add(Item(file));
            }

            if (bytes > SizeLimit)
            {
                log.Warning(TaskErrors.PackageTooLarge(PackageId, bytes, SizeLimit));
            }

            Directory.CreateDirectory(Path.GetDirectoryName(TargetsFile));
            File.WriteAllText(TargetsFile, Document(items) + "\n", new UTF8Encoding(false));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Error(TaskErrors.CannotWrite(TargetsFile, exception.Message));
        }

        return !log.HasErrors;
    }

    // As the package's own targets: a newer package may bring an engine with an older time.
    private static XElement Document(List<XElement> items) => new(
        "Project",
        new XElement(
            "PropertyGroup",
            new XElement("_PackedEngineCopyMode", "PreserveNewest"),
            new XElement("_PackedEngineCopyMode", new XAttribute("Condition", "'$(DesignTimeBuild)' != 'true' and $([MSBuild]::VersionGreaterThanOrEquals('$(MSBuildVersion)', '17.13'))"), "IfDifferent")),
        new XElement("ItemGroup", items));

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
