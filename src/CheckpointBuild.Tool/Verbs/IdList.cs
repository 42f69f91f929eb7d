using System;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>Token ids as users write and read them.</summary>
internal static class IdList
{
    /// <summary>Reads <c>1,2,3</c>.</summary>
    /// <param name="text">Ids between commas.</param>
    /// <returns>The ids.</returns>
    /// <exception cref="CheckpointException">CKPT9001 when one is no whole number.</exception>
    public static int[] Parse(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries).Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? id
            : throw Errors.UnknownOptionValue("ids", part, "a list of token ids", ["whole numbers from 0, between commas"])),
    ];

    /// <summary>Writes a JSON array.</summary>
    /// <param name="ids">The ids.</param>
    /// <returns>For instance <c>[1, 2, 3]</c>.</returns>
    public static string Json(ReadOnlySpan<int> ids) => $"[{string.Join(", ", ids.ToArray().Select(i => i.ToString(CultureInfo.InvariantCulture)))}]";
}
