using System;
using System.Security.Cryptography;
using System.Text;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>A file of a repository that the local server plays.</summary>
/// <param name="Path">With '/'.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsLarge">Whether it lies on the other host behind a redirect, under its SHA-256.</param>
internal sealed record ServedFile(string Path, byte[] Content, bool IsLarge)
{
    /// <summary>SHA-256 of the content.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>Git's SHA-1 of what Git keeps: the content, or the pointer to it.</summary>
    public string BlobId => StatedBlobId ?? GitSha1(IsLarge ? Encoding.ASCII.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{Sha256}\nsize {Content.Length}\n") : Content);

    /// <summary>What the server states in place of Git's SHA-1; null = the truth.</summary>
    public string? StatedBlobId { get; init; }

    /// <summary>The entity tag: what the blob is called in the cache.</summary>
    public string Identity => IsLarge ? Sha256 : BlobId;

    /// <summary>A small file.</summary>
    /// <param name="path">With '/'.</param>
    /// <param name="text">Its content.</param>
    /// <returns>The file.</returns>
    public static ServedFile Small(string path, string text) => new(path, Encoding.UTF8.GetBytes(text), IsLarge: false);

    /// <summary>A large file of seeded bytes.</summary>
    /// <param name="path">With '/'.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="seed">Of the bytes.</param>
    /// <returns>The file.</returns>
    public static ServedFile Large(string path, int length, ulong seed)
    {
        byte[] content = new byte[length];
        new SeededRandom(seed).Fill(content);
        return new ServedFile(path, content, IsLarge: true);
    }

    private static string GitSha1(byte[] content)
    {
#pragma warning disable CA5350 // Git's own name of a content.
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
    }
}
