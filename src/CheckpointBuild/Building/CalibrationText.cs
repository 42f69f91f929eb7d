using System;
using System.IO;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>A text to calibrate with: a file in UTF-8, or the one that the library brings for whoever names none.</summary>
internal static class CalibrationText
{
    /// <summary>What stands for the library's own text where a path is expected.</summary>
    public const string Own = ":own";

    private const string OwnResource = "CheckpointBuild.Building.calibration.txt";

    // A gigabyte of text would take days.
    private const long MostBytes = 1L << 30;

    /// <summary>Opens a text.</summary>
    /// <param name="path">A file, or <see cref="Own"/>.</param>
    /// <returns>Its bytes.</returns>
    public static ByteSource Open(string path)
    {
        if (path != Own)
        {
            return new FileSource(path);
        }

        using Stream stream = typeof(CalibrationText).Assembly.GetManifestResourceStream(OwnResource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new MemorySource(Own, bytes);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="source">Its bytes.</param>
    /// <param name="refuse">The error for a path and what is wrong there.</param>
    /// <returns>The text.</returns>
    /// <exception cref="CheckpointException">That error when it is no UTF-8, 1xxx when it is far too large.</exception>
    public static string Read(string path, ByteSource source, Func<string, string, CheckpointException> refuse)
    {
        if (source.Length > MostBytes)
        {
            throw Errors.SmallFileTooLarge(path, source.Length, MostBytes);
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(source.ReadBytes(0, (int)source.Length));
        }
        catch (DecoderFallbackException)
        {
            throw refuse(path, "bytes that are no UTF-8");
        }
    }
}
