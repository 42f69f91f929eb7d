using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>Finds the known word that an unknown one is probably a slip of.</summary>
internal static class NearestName
{
    /// <summary>How many letters a word may be away from a known one to be taken for a slip.</summary>
    private const int SlipDistance = 2;

    /// <summary>The known word that is nearest, at most two letters away; null when there is none.</summary>
    internal static string? Of(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        int distance = SlipDistance + 1;
        foreach (string candidate in known)
        {
            int found = Distance(word, candidate);
            if (found < distance)
            {
                (nearest, distance) = (candidate, found);
            }
        }

        return nearest;
    }

    /// <summary>Counts the letters to insert, remove or replace to get from one word to the other, case aside.</summary>
    private static int Distance(string from, string to)
    {
        int[] previous = new int[to.Length + 1];
        int[] current = new int[to.Length + 1];
        for (int j = 0; j <= to.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = previous[j - 1] + (char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[to.Length];
    }
}
