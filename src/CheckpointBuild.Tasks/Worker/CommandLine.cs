using System;
using System.Collections.Generic;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>Writes command lines: the tool's own, and the equal one that a person can type to see a failure again.</summary>
internal static class CommandLine
{
    // What a shell would take for its own outside of quotes.
    private static readonly char[] Quoted = [' ', '\t', '\n', '"', '\'', ';', '&', '|', '<', '>', '(', ')', '*', '?', '#', '~'];

    /// <summary>Quotes an argument as .NET takes command lines apart on every system: backslashes count only before a quote.</summary>
    internal static string Quote(string argument)
    {
        if (argument.Length > 0 && argument.IndexOfAny(Quoted) < 0)
        {
            return argument;
        }

        StringBuilder quoted = new("\"");
        int backslashes = 0;
        foreach (char c in argument)
        {
            if (c == '"')
            {
                quoted.Append('\\', backslashes + 1);
            }

            backslashes = c == '\\' ? backslashes + 1 : 0;
            quoted.Append(c);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }

    /// <summary>Writes the <c>ckpt</c> command that does what a task asks for one checkpoint.</summary>
    internal static string Replay(string task, CheckpointItem checkpoint, IReadOnlyList<string> plugins)
    {
        // The verb convert does not quantize; build does both.
        string verb = task switch
        {
            "QuantizeModel" => "quantize",
            "ConvertCheckpoint" when CheckpointMetadata.Of(checkpoint.Item, "Quantization").Length == 0 => "convert",
            _ => "build",
        };
        StringBuilder command = new("ckpt ");
        command.Append(verb).Append(' ').Append(Quote(checkpoint.Source));
        foreach (KeyValuePair<string, string> pair in checkpoint.Metadata)
        {
            if (pair.Key.Equals("Workers", StringComparison.Ordinal))
            {
                continue; // Threads are the machine's matter and change no byte.
            }

            string option = pair.Key.Equals("Engine", StringComparison.Ordinal) && !verb.Equals("build", StringComparison.Ordinal) ? "to" : Kebab(pair.Key);
            command.Append(" --").Append(option).Append(' ').Append(Quote(pair.Value));
        }

        foreach (string plugin in plugins)
        {
            command.Append(" --plugin ").Append(Quote(plugin));
        }

        return command.Append(" --engine-name ").Append(Quote(checkpoint.EngineName)).Append(" --output DIR").ToString();
    }

    /// <summary>Turns a metadata name into its option's: <c>MaxShardSize</c> becomes <c>max-shard-size</c>, <c>DType</c> <c>dtype</c>.</summary>
    internal static string Kebab(string name)
    {
        StringBuilder kebab = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool starts = i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]);
            kebab.Append(starts ? "-" : string.Empty).Append(char.ToLowerInvariant(name[i]));
        }

        return kebab.ToString();
    }
}
