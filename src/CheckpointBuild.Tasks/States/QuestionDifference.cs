using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tasks.States;

/// <summary>Says in words what differs between two questions: the answer to "why did it build again?".</summary>
internal static class QuestionDifference
{
    /// <summary>Compares two texts of lines <c>kind, name, values…</c> and names the first difference; null when they are equal.</summary>
    internal static string? Between(string before, string now)
    {
        if (before.Equals(now, StringComparison.Ordinal))
        {
            return null;
        }

        Dictionary<string, string[]> old = ByName(before);
        Dictionary<string, string[]> current = ByName(now);
        foreach (KeyValuePair<string, string[]> pair in current)
        {
            if (!old.TryGetValue(pair.Key, out string[]? was))
            {
                return Describe(pair.Value, null, pair.Value);
            }

            if (!string.Join("\t", was).Equals(string.Join("\t", pair.Value), StringComparison.Ordinal))
            {
                return Describe(pair.Value, was, pair.Value);
            }
        }

        foreach (KeyValuePair<string, string[]> pair in old)
        {
            if (!current.ContainsKey(pair.Key))
            {
                return Describe(pair.Value, pair.Value, null);
            }
        }

        return "order changed";
    }

    private static string Describe(string[] line, string[]? was, string[]? now) => line[0] switch
    {
        "metadata" => $"{line[1]} was {Value(was)}, is {Value(now)}",
        "input" or "tool" or "plugin" => $"{line[1]} {(was is null ? "is new" : now is null ? "is gone" : "changed")}",
        _ => $"{line[0]} was '{was?[1]}', is '{now?[1]}'",
    };

    private static string Value(string[]? line) => line is null ? "not set" : "'" + line[2] + "'";

    private static Dictionary<string, string[]> ByName(string text)
    {
        Dictionary<string, string[]> lines = new(StringComparer.Ordinal);
        foreach (string line in TabbedLine.Lines(text))
        {
            string[] fields = TabbedLine.Split(line);
            bool named = fields[0] is "metadata" or "input" or "plugin" || (fields[0] == "tool" && fields.Length > 2);
            lines[named ? fields[0] + "\t" + fields[1] : fields[0]] = fields;
        }

        return lines;
    }
}
