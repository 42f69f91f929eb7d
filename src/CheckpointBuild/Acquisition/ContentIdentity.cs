using System;
using System.Linq;

namespace CheckpointBuild.Acquisition;

/// <summary>What a content hashes to, as the Hub states it: SHA-256 (64 hex digits), or Git's SHA-1 of a small file (40), which covers the length too.</summary>
/// <param name="Hex">In lower case; also the blob's name in the cache.</param>
internal readonly record struct ContentIdentity(string Hex)
{
    /// <summary>Whether it is SHA-256.</summary>
    public bool IsSha256 => Hex.Length == 64;

    /// <summary>Reads an entity tag.</summary>
    /// <param name="etag">With or without <c>W/</c> and quotes.</param>
    /// <returns>The identity; null where the tag is no hash, so that nothing could be verified by it.</returns>
    public static ContentIdentity? Parse(string? etag)
    {
        string hex = (etag ?? "").Trim();
        hex = (hex.StartsWith("W/", StringComparison.Ordinal) ? hex[2..] : hex).Trim('"').ToLowerInvariant();
        return IsHash(hex) ? new ContentIdentity(hex) : null;
    }

    /// <summary>Whether a text is 40 or 64 hex digits in lower case.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsHash(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    /// <inheritdoc/>
    public override string ToString() => Hex;
}
