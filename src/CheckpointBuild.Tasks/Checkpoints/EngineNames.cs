using System;
using System.Text;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>Makes the default name of an engine from what an item includes.</summary>
internal static class EngineNames
{
    /// <summary>Characters that some file system refuses in a name; the same on every machine, so that a name never depends on where it was built.</summary>
    private const string Refused = "<>:\"/\\|?*";

    // Names of Windows' devices, whatever follows a dot.
    private static readonly string[] Devices =
    [
        "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    ];

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

    /// <summary>A folder below the output with forward slashes, without what says nothing: <c>./a//b/</c> is <c>a/b</c>.</summary>
    internal static string CleanFolder(string folder) => string.Join("/", Array.FindAll(folder.Replace('\\', '/').Split('/'), s => s.Trim().Length > 0 && !s.Trim().Equals(".", StringComparison.Ordinal)));

    /// <summary>Replaces every character that a file system refuses by <c>-</c>, and sets one after the name of a device; a name of dots only becomes empty.</summary>
    internal static string Clean(string name)
    {
        StringBuilder clean = new(name.Length);
        foreach (char c in name.Trim())
        {
            clean.Append(c < ' ' || Refused.IndexOf(c) >= 0 ? '-' : c);
        }

        string result = clean.ToString().TrimEnd('.', ' ');
        int end = result.IndexOf('.') is var dot && dot < 0 ? result.Length : dot;
        return result.Equals("-", StringComparison.Ordinal) ? string.Empty
            : Array.Exists(Devices, device => device.Equals(result.Substring(0, end), StringComparison.OrdinalIgnoreCase)) ? result.Insert(end, "-")
            : result;
    }
}
