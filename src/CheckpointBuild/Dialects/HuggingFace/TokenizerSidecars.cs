using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Reads the tokenizer that lies beside the weights. One that is not understood does not stop a conversion that only carries its files along; whoever needs it gets the reason.</summary>
internal static class TokenizerSidecars
{
    /// <summary>Reads the tokenizer.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The tokenizer, or why it is not understood; neither where there is none.</returns>
    public static (TokenizerModel? Model, Diagnostic? Fault) Read(CheckpointDirectory directory)
    {
        var files = new TokenizerFolder(directory.Folder, TokenizerFolder.NamesIn(directory.Folder).Where(directory.Holds), name => directory.ReadAll(name));
        if (!TokenizerFiles.IsThere(files))
        {
            return (null, null);
        }

        try
        {
            return (TokenizerFiles.Read(files), null);
        }
        catch (CheckpointException e)
        {
            return (null, new Diagnostic(e.Code, e.Message, e.File));
        }
    }
}
