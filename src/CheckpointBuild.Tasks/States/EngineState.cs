using System;
using System.Globalization;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.States;

/// <summary>What was asked for an engine and what came of it, remembered in a file below <c>obj/</c>.</summary>
/// <remarks>The file is deleted before work begins and written last, so an interrupted build can never look finished.</remarks>
/// <param name="targetFolder">The engine's folder relative to the output.</param>
/// <param name="question">What was asked.</param>
/// <param name="product">What came of it.</param>
internal sealed class EngineState(string targetFolder, EngineQuestion question, EngineProduct product)
{
    /// <summary>The ending of state files.</summary>
    internal const string Extension = ".state";

    private const string Header = "checkpoint-state\t1";

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

    /// <summary>Deletes a state before work begins.</summary>
    internal static void Forget(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
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
                case "task" or "engine" or "metadata":
                    recipe.Append(line).Append('\n');
                    break;
                case "source" or "store" or "tool":
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
