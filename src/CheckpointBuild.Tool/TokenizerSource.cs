using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool;

/// <summary>Finds the tokenizer that a path names: a checkpoint's, or that of a folder or file that holds nothing else.</summary>
internal static class TokenizerSource
{
    /// <summary>Opens a tokenizer.</summary>
    /// <param name="location">A checkpoint, a folder of tokenizer files, or one tokenizer file.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointException">21xx when there is none or it is not understood.</exception>
    public static Tokenizer Open(CheckpointLocation location)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(location);
        var files = new TokenizerFolder(directory.Folder, directory.File is null ? TokenizerFolder.NamesIn(directory.Folder).Where(directory.Holds) : directory.Files, name => directory.ReadAll(name));
        if (TokenizerFiles.IsThere(files))
        {
            return Tokenizer.Create(TokenizerFiles.Read(files));
        }

        return Tokenizer.Create(Dialect.Detect(directory).Read(directory).TokenizerOrThrow());
    }
}
