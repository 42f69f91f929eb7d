using System;
using System.ComponentModel;
using System.IO;
using System.Xml;
using System.Xml.Linq;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Warns of a pattern such as <c>models/*</c>, which MSBuild has expanded to nothing because its wildcards match files alone. Asked only where a project has no checkpoint at all.</summary>
/// <remarks>Of the standard targets; its parameters may change.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class FindEmptyPatterns : Task
{
    private static readonly char[] Separators = ['/', '\\'];

    /// <summary>The project file, the only place where a pattern still stands.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <inheritdoc/>
    public override bool Execute()
    {
        DiagnosticLog log = new(Log);
        try
        {
            foreach (XElement element in XDocument.Load(ProjectFile, LoadOptions.SetLineInfo).Descendants())
            {
                if (element.Name.LocalName == "ModelCheckpoint" && element.Attribute("Include")?.Value is { } include && IsEmpty(include))
                {
                    log.Warning(TaskErrors.PatternOfFiles(include, ProjectFile, ((IXmlLineInfo)element).LineNumber));
                }
            }
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild has read this file; whatever is wrong with it now is not for this task to say.
            Log.LogMessage(MessageImportance.Low, "{0}", exception.Message);
        }

        return true;
    }

    // Properties and other items are not resolved here: such a pattern is not judged.
    private bool IsEmpty(string include)
    {
        string path = Path.Combine(Path.GetDirectoryName(ProjectFile), include.Replace('\\', '/').TrimEnd(Separators));
        return include.IndexOf('$') < 0 && include.IndexOf('@') < 0 && include.IndexOf("**", StringComparison.Ordinal) < 0 && CheckpointPattern.IsPattern(path) && CheckpointPattern.Expand(path).Count > 0;
    }
}
