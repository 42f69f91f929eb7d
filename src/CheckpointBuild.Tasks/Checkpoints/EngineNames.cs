using System;
using System.Text;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>Makes the default name of an engine from what an item includes.</summary>
internal static class EngineNames
{
    /// <summary>Characters that some file system refuses in a name; the same on every machine, so that a name never depends on where it was built.</summary>
    private const string Refused = "<>:\"/\\|?*";

    private static readonly string[] FileExtensions = [".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".json"];

    /// <summary>Names the engine of a source: the last path segment (of a file without its extension), <c>hf:org/name</c> gives <c>name</c>, <c>nuget:Id</c> gives <c>Id</c>.</summary>
    /// <param name="source">A full path, or <c>hf:</c> or <c>nuget:</c> and a name.</param>
    /// <param name="isFile">Whether the source is a file, whose extension is no part of the name.</param>
    /// <returns>The name, empty when the source has no segment to take.</returns>
    internal static string From(string source, bool isFile)
    {
        string path = source.TrimEnd('/', '\\');
        string name = path.Substring(path.LastIndexOfAny(['/', '\\', ':']) + 1);
        int dot = name.LastIndexOf('.');
        return Clean(isFile && dot > 0 ? name.Substring(0, dot) : name);
    }

    /// <summary>Guesses whether a path that is not there was a file: a folder's name may hold dots too (<c>Llama-3.2-1B</c>).</summary>
    internal static bool LooksLikeFile(string path)
    {
        foreach (string extension in FileExtensions)
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Replaces every character that a file system refuses by <c>-</c>; a name of dots only becomes empty.</summary>
    internal static string Clean(string name)
    {
        StringBuilder clean = new(name.Length);
        foreach (char c in name.Trim())
        {
            clean.Append(c < ' ' || Refused.IndexOf(c) >= 0 ? '-' : c);
        }

        string result = clean.ToString().TrimEnd('.', ' ');
        return result.Equals("-", StringComparison.Ordinal) ? string.Empty : result;
    }
}
