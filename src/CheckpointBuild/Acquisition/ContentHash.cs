using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Acquisition;

/// <summary>Hashes a content in order, in the way that its identity wants.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash;

    /// <summary>Begins.</summary>
    /// <param name="identity">What the content is held against.</param>
    /// <param name="size">Its length in bytes, which Git hashes first.</param>
    [SuppressMessage("Security", "CA5350", Justification = "Git names small files by SHA-1; it is what the Hub states, and the lock file holds SHA-256 beside it.")]
    public ContentHash(ContentIdentity identity, long size)
    {
        _hash = IncrementalHash.CreateHash(identity.IsSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!identity.IsSha256)
        {
            _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {size}\0")));
        }
    }

    /// <summary>Adds the next bytes.</summary>
    /// <param name="bytes">Of any number.</param>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Ends.</summary>
    /// <returns>Hex digits in lower case.</returns>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <summary>Hashes a file in the way that an identity wants.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">What it is held against.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <returns>Hex digits in lower case.</returns>
    /// <exception cref="CheckpointException">CKPT1001 or CKPT1002 when it cannot be read.</exception>
    public static string Of(string path, ContentIdentity identity, CancellationToken cancellation)
    {
        using var source = new FileSource(path);
        using var hash = new ContentHash(identity, source.Length);
        FileDigest.Append(hash._hash, source, cancellation);
        return hash.Finish();
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
