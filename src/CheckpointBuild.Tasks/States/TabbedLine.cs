using System;
using System.Collections.Generic;
using System.Text;

namespace CheckpointBuild.Tasks.States;

/// <summary>One line of fields separated by tabs: the form of state files and of what the tool says.</summary>
/// <remarks>Inside a field <c>\\</c>, <c>\t</c> and <c>\n</c> stand for a backslash, a tab and a line feed, so that any path or message fits one line.</remarks>
internal static class TabbedLine
{
    /// <summary>Joins fields to one line without a line end.</summary>
    internal static string Join(params string[] fields)
    {
        StringBuilder line = new();
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
            {
                line.Append('\t');
            }

            foreach (char c in fields[i])
            {
                _ = c switch
                {
                    '\\' => line.Append("\\\\"),
                    '\t' => line.Append("\\t"),
                    '\n' => line.Append("\\n"),
                    '\r' => line,
                    _ => line.Append(c),
                };
            }
        }

        return line.ToString();
    }

    /// <summary>Takes a line apart; an unknown escape stands for itself.</summary>
    internal static string[] Split(string line)
    {
        List<string> fields = [];
        StringBuilder field = new();
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '\t')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\\' && i + 1 < line.Length)
            {
                i++;
                field.Append(line[i] switch { 't' => "\t", 'n' => "\n", '\\' => "\\", _ => "\\" + line[i] });
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return [.. fields];
    }

    /// <summary>Splits a text at its line feeds, the end of the last line aside.</summary>
    internal static string[] Lines(string text) => text.Split(['\n'], StringSplitOptions.RemoveEmptyEntries);
}
