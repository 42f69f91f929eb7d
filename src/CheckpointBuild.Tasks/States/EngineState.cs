using System;
using System.Globalization;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.States;

/// <summary>What was asked for an engine and what came of it, remembered in a file below <c>obj/</c>.</summary>
/// <remarks>The file is put aside before work begins and written last, so an interrupted build can never look finished, and what the engine before it left in the output is still known.</remarks>
/// <param name="targetFolder">The engine's folder relative to the output.</param>
/// <param name="question">What was asked.</param>
/// <param name="product">What came of it.</param>
internal sealed class EngineState(string targetFolder, EngineQuestion question, EngineProduct product)
{
    /// <summary>The ending of state files.</summary>
    internal const string Extension = ".state";

    private const string PreviousExtension = ".previous";
    private const string Header = "checkpoint-state\t1";

    private static readonly TimeSpan AbandonedAge = TimeSpan.FromMinutes(1);

    /// <summary>The engine's folder relative to the output, with forward slashes.</summary>
    internal string TargetFolder { get; } = targetFolder;

    /// <summary>What was asked.</summary>
    internal EngineQuestion Question { get; } = question;

    /// <summary>What came of it.</summary>
    internal EngineProduct Product { get; } = product;

    /// <summary>Where the state of an engine lies.</summary>
    internal static string PathOf(string stateDirectory, CheckpointItem checkpoint) =>
        Path.Combine(stateDirectory, checkpoint.TargetFolder.Replace('/', Path.DirectorySeparatorChar) + Extension);

    /// <summary>Reads a state; null when there is none or when it cannot be understood, which only means that the tool is asked again.</summary>
    internal static EngineState? Read(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(TabbedLine.Lines(File.ReadAllText(path, Encoding.UTF8))) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The state file that a file of the state folder belongs to: itself, or the one that it was put aside from or was to become.</summary>
    internal static string OwnerOf(string path)
    {
        int end = path.LastIndexOf(Extension, StringComparison.Ordinal);
        return end < 0 ? path : path.Substring(0, end + Extension.Length);
    }

    /// <summary>Reads the state that was put aside before a build that did not end well; null when there is none.</summary>
    internal static EngineState? ReadPrevious(string path) => Read(path + PreviousExtension);

    /// <summary>Puts a state aside before work begins. One that lies aside already stays where this build begins without a state.</summary>
    internal static void PutAside(string path)
    {
        DeleteAbandoned(path);
        if (File.Exists(path))
        {
            File.Delete(path + PreviousExtension);
            File.Move(path, path + PreviousExtension);
        }
    }

    /// <summary>Deletes what was put aside: nothing in the output comes from it any more.</summary>
    internal static void DeletePrevious(string path)
    {
        if (File.Exists(path + PreviousExtension))
        {
            File.Delete(path + PreviousExtension);
        }
    }

    /// <summary>Writes the state: whole or not at all.</summary>
    internal void Write(string path)
    {
        StringBuilder text = new();
        text.Append(Header).Append('\n');
        Append(text, "target", TargetFolder);
        text.Append(Question.Recipe).Append(Question.Surroundings).Append(Question.Inputs);
        Append(text, "product", Product.Key, Product.Directory, Number(Product.Bytes));
        foreach (EngineFile file in Product.Files)
        {
            Append(text, "file", file.RelativePath, file.FullPath, Number(file.Size), file.Sha256);
        }

        Append(text, "end");
        Directory.CreateDirectory(Path.GetDirectoryName(path));
        string temporary = path + "." + Guid.NewGuid().ToString("N");
        File.WriteAllText(temporary, text.ToString(), new UTF8Encoding(false));
        File.Delete(path);
        File.Move(temporary, path);
    }

    // A build that was killed while it wrote its state; one that still writes it needs milliseconds.
    private static void DeleteAbandoned(string path)
    {
        string folder = Path.GetDirectoryName(path);
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(path) + ".*") : [])
        {
            if (!file.EndsWith(PreviousExtension, StringComparison.Ordinal) && DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > AbandonedAge)
            {
                File.Delete(file);
            }
        }
    }

    private static EngineState? Parse(string[] lines)
    {
        if (lines.Length < 3 || !lines[0].Equals(Header, StringComparison.Ordinal) || !lines[lines.Length - 1].Equals("end", StringComparison.Ordinal))
        {
            return null;
        }

        string target = string.Empty;
        EngineProduct? product = null;
        StringBuilder recipe = new(), surroundings = new(), inputs = new();
        foreach (string line in lines)
        {
            string[] fields = TabbedLine.Split(line);
            switch (fields[0])
            {
                case "target":
                    target = fields[1];
                    break;
                case "task" or "engine" or "name" or "metadata":
                    recipe.Append(line).Append('\n');
                    break;
                case "source" or "store" or "tool" or "plugin":
                    surroundings.Append(line).Append('\n');
                    break;
                case "input":
                    inputs.Append(line).Append('\n');
                    break;
                case "product":
                    product = new EngineProduct(fields[1], true, fields[2], Number(fields[3]), 0);
                    break;
                case "file":
                    product?.Add(new EngineFile(fields[1], fields[2], Number(fields[3]), fields[4]));
                    break;
                default:
                    break;
            }
        }

        return product is null ? null : new EngineState(target, new EngineQuestion(recipe.ToString(), surroundings.ToString(), inputs.ToString()), product);
    }

    private static void Append(StringBuilder text, params string[] fields) => text.Append(TabbedLine.Join(fields)).Append('\n');

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture);
}
