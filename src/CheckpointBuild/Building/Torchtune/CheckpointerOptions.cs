using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Where a training loop's checkpoints come from and go to, in torchtune's words.</summary>
public sealed record CheckpointerOptions
{
    /// <summary>Whose files they are.</summary>
    public required CheckpointerKind Kind { get; init; }

    /// <summary>The folder of the model that is trained on.</summary>
    public required string CheckpointDirectory { get; init; }

    /// <summary>The files of its weights, in any order.</summary>
    public required ImmutableArray<string> CheckpointFiles { get; init; }

    /// <summary>Where checkpoints are saved.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>The adapter to go on with; null = none, or the newest one on resume.</summary>
    public string? AdapterCheckpoint { get; init; }

    /// <summary>The state of training to go on with: a file's name; null = the usual one.</summary>
    public string? RecipeCheckpoint { get; init; }

    /// <summary>Whether training goes on from an intermediate checkpoint.</summary>
    public bool ResumeFromCheckpoint { get; init; }

    /// <summary>How the output is arranged.</summary>
    public TorchtuneLayout Layout { get; init; }

    /// <summary>torchtune's name of the model: <c>LLAMA3_2</c>, <c>QWEN2</c>, <c>REWARD</c>, …; null = as <c>config.json</c> says. Only Hugging Face's files ask for it.</summary>
    public string? ModelType { get; init; }

    /// <summary>Whether Hugging Face's weights and PEFT's adapters are saved as safetensors, else as PyTorch's <c>.bin</c>. The classic layout has PyTorch's files alone.</summary>
    public bool SafeSerialization { get; init; } = true;

    /// <summary>By the reference, what torchtune drops or saves wrongly is so here too; by default every tensor of the files comes back.</summary>
    public Compatibility Compatibility { get; init; }

    /// <summary>The names of a set of files from their common form: torchtune's <c>filename_format</c> and <c>max_filename</c>.</summary>
    /// <param name="format">A name with two <c>{}</c>: for the file's number, and for how many there are.</param>
    /// <param name="max">The last file's number as it is spelled: <c>00025</c>.</param>
    /// <returns>The names of all.</returns>
    /// <exception cref="CheckpointException">CKPT9150 when there are not two places, or no number.</exception>
    public static ImmutableArray<string> FilesOf(string format, string max)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(max);
        string[] parts = format.Split("{}");
        const int MostFiles = 100_000;
        return parts.Length == 3 && max.Length > 0 && max.All(char.IsAsciiDigit) && int.TryParse(max, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostFiles
            ? [.. Enumerable.Range(1, count).Select(i => $"{parts[0]}{i.ToString(CultureInfo.InvariantCulture).PadLeft(max.Length, '0')}{parts[1]}{max}{parts[2]}")]
            : throw Errors.FileNameFormat(format, max);
    }
}
