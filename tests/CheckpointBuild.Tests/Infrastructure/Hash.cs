using System;
using System.IO;
using System.Security.Cryptography;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>SHA-256 as the golden data writes it: lower-case hexadecimal digits.</summary>
internal static class Hash
{
    /// <summary>The hash of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>64 digits.</returns>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The hash of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>64 digits.</returns>
    public static string OfFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
