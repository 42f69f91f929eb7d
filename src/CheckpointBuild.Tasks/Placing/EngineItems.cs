using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.States;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Makes the items that tasks hand back to the build.</summary>
internal static class EngineItems
{
    // MSBuild takes the text of items and metadata for escaped; a path with one of these would come out as another one.
    private const string Special = "%*?@$();'";

    /// <summary>Makes the item of an engine or a converted checkpoint: its folder, what it is, and whatever the user's item carried beside its recipe.</summary>
    /// <param name="checkpoint">What it was made from.</param>
    /// <param name="product">What was made.</param>
    /// <param name="folder">Where it lies.</param>
    internal static ITaskItem Product(CheckpointItem checkpoint, EngineProduct product, string folder)
    {
        TaskItem item = new(Escape(folder));
        foreach (DictionaryEntry entry in checkpoint.Item.CloneCustomMetadata())
        {
            // The recipe has been followed; carried along, the next task would follow it again.
            if (!Contains(CheckpointMetadata.Recipe, (string)entry.Key))
            {
                item.SetMetadata((string)entry.Key, Escape((string?)entry.Value ?? string.Empty));
            }
        }

        item.SetMetadata("EngineName", Escape(checkpoint.EngineName));
        item.SetMetadata("ContentKey", product.Key);
        item.SetMetadata("FromStore", product.FromStore ? "true" : "false");
        item.SetMetadata("Size", Number(product.Bytes));
        item.SetMetadata("SourceCheckpoint", Escape(checkpoint.Source));
        item.SetMetadata("CheckpointName", Escape(checkpoint.CarriedName.Length > 0 ? checkpoint.CarriedName : EngineNames.From(checkpoint.Source, System.IO.File.Exists(checkpoint.Source))));
        return item;
    }

    /// <summary>Makes the item of one file of an engine.</summary>
    /// <param name="checkpoint">What the engine was made from.</param>
    /// <param name="product">The engine.</param>
    /// <param name="file">The file.</param>
    /// <param name="path">Where the file lies.</param>
    internal static ITaskItem File(CheckpointItem checkpoint, EngineProduct product, EngineFile file, string path)
    {
        TaskItem item = new(Escape(path));
        item.SetMetadata("TargetPath", Escape(checkpoint.TargetFolder + "/" + file.RelativePath));
        item.SetMetadata("EngineName", Escape(checkpoint.EngineName));
        item.SetMetadata("ContentKey", product.Key);
        item.SetMetadata("Size", Number(file.Size));
        item.SetMetadata("Sha256", file.Sha256);
        return item;
    }

    /// <summary>The path of a file below a folder, with the system's own separators.</summary>
    internal static string Below(string folder, string relativePath) => Path.GetFullPath(Path.Combine(folder, relativePath.Replace('/', Path.DirectorySeparatorChar)));

    /// <summary>Escapes a text so that MSBuild reads it back as it is.</summary>
    internal static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
        {
            if (Special.IndexOf(c) >= 0)
            {
                escaped.Append('%').Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }

    private static bool Contains(IReadOnlyList<string> names, string name)
    {
        foreach (string known in names)
        {
            if (string.Equals(known, name, System.StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
