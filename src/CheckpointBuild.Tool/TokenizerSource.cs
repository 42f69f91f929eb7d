using System.IO;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool;

/// <summary>Finds the tokenizer that a path names: a checkpoint's, or that of a folder or file that holds nothing else.</summary>
internal static class TokenizerSource
{
    /// <summary>Opens a tokenizer.</summary>
    /// <param name="path">A checkpoint, a folder of tokenizer files, or one tokenizer file.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointException">21xx when there is none or it is not understood.</exception>
    public static Tokenizer Open(string path)
    {
        string full = Path.GetFullPath(path);
        if (FilesAt(full) is { } files && TokenizerFiles.IsThere(files))
        {
            return Tokenizer.Create(TokenizerFiles.Read(files));
        }

        using OpenedCheckpoint opened = OpenedCheckpoint.Open(full);
        return Tokenizer.Create(opened.Checkpoint.TokenizerOrThrow());
    }

    private static TokenizerFolder? FilesAt(string path)
    {
        if (Directory.Exists(path))
        {
            return new TokenizerFolder(path, TokenizerFolder.NamesIn(path), name => File.ReadAllBytes(Path.Combine(path, name)));
        }

        return File.Exists(path) ? new TokenizerFolder(path, [Path.GetFileName(path)], _ => File.ReadAllBytes(path)) : null;
    }
}
