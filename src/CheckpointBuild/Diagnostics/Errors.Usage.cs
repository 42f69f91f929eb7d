using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Diagnostics;

/// <content>9xxx: usage.</content>
internal static partial class Errors
{
    internal static CheckpointException UnknownOptionValue(string option, string found, string target, IEnumerable<string> valid)
    {
        string[] values = [.. valid];
        return new("CKPT9001", values.Length == 0
            ? $"{option} '{found}' is not possible for {target}. Leave it out, or choose another target."
            : $"{option} '{found}' is not possible for {target} (valid: {string.Join(", ", values)}){Nearest(found, values)}. Use one of these.");
    }

    internal static CheckpointException NotOffered(string name, string value) => new("CKPT9002",
        $"{name} '{value}' is not offered by this version. Leave it out: a choice that cannot be kept is refused rather than ignored.");

    internal static CheckpointException BadRequest(string file, string problem) => new("CKPT9003",
        $"{file}: is no request for the worker ({problem}). The package's tasks and its tool are of different versions; restore the package again.", file);

    internal static CheckpointException BadLine(string where, string problem) => new("CKPT9004",
        $"{where}: cannot be used ({problem}). Look the form up in the verb's help.");

    internal static CheckpointException OneOfBoth(string first, string firstValue, string second, string secondValue) => new("CKPT9006",
        $"{first} '{firstValue}' and {second} '{secondValue}' are both asked for, one of them decides the types. Leave one out.");

    internal static CheckpointException EmptyValue(string option) => new("CKPT9007",
        $"{option}: is empty. Give a value; in a script, check that its variable is set.");

    internal static CheckpointException FlagsContradict(string flags, string reason) => new("CKPT9090",
        $"{flags}: cannot be asked for ({reason}). Leave one out.");

    internal static Diagnostic FlagWithoutMeaning(string flag, string reason) => new("CKPT9095",
        $"{flag}: has no effect here ({reason}). Leave it out to silence this.");

    internal static CheckpointException FlagRefused(string flag, string reason) => new("CKPT9096",
        $"{flag}: is not offered here ({reason}). Leave it out.");

    internal static CheckpointException AdapterChoiceWrong(string found) => new("CKPT9060",
        $"adapter {Quote(found)}: a path is needed, and behind an '@' at its end a number. Write PATH or PATH@0.5; a path that itself ends in '@' and a number has '%40' for the '@'.");

    internal static CheckpointException WeightApart(string path, double weight) => new("CKPT9061",
        System.FormattableString.Invariant($"{path}: the weight {weight} is asked for, and the adapter is kept apart. Whoever loads an adapter of its own weighs it; leave the weight out, or merge."), path);

    internal static CheckpointException AdapterNotNamed() => new("CKPT9062",
        "an adapter by itself is asked for (adapter-mode 'alone'), and none is named. Name it with --adapter, or on the item as Adapter.");

    internal static CheckpointException AdapterBaseUnknown(string path, string? stated) => new("CKPT9063",
        $"{path}: is an adapter, and how its rows lie in another form depends on its base{(stated is null ? "" : $", which it calls {Quote(stated)}")}. Name the base with --base: a folder, or hf:org/name.", path);

    internal static CheckpointException Internal(Exception inner) => new("CKPT9005",
        $"{inner.GetType().Name}: {inner.Message}. This is a fault of the tool itself; please report it with the command and the input.", null, inner);

    /// <summary>Names the value that was probably meant.</summary>
    /// <param name="found">What was written.</param>
    /// <param name="values">What is possible.</param>
    /// <returns>A part of a sentence; empty where none is near.</returns>
    internal static string Nearest(string found, string[] values)
    {
        // What people leave out first are the marks between words.
        if (values.FirstOrDefault(v => Plain(v).Equals(Plain(found), StringComparison.OrdinalIgnoreCase)) is { } same)
        {
            return $"; nearest: {same}";
        }

        (string value, int distance) = values.Select(v => (v, Distance(found, v))).MinBy(p => p.Item2);
        return distance <= 2 ? $"; nearest: {value}" : "";
    }

    private static string Plain(string value) => string.Concat(value.Where(char.IsLetterOrDigit));

    // Levenshtein's distance, ignoring case.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = int.Min(change, int.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
