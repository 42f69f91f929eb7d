using System;
using System.Buffers.Binary;
using System.CommandLine;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>The options of a verb that has models predict a text: the text as ids or in words, and how it is cut and scored.</summary>
internal sealed class ScoredText
{
    private const int MostIdBytes = 1 << 30;

    private readonly Option<string> _idsFile = new("--ids-file") { Description = "Token ids as 16-bit little-endian numbers." };
    private readonly Option<string> _textFile = new("--text-file") { Description = "A text in UTF-8." };
    private readonly Option<int?> _window = new("--window") { Description = "Tokens of a window; default: the protocol's." };
    private readonly Option<string> _protocol = new("--protocol") { Description = "windows, llama.cpp or gptq.", DefaultValueFactory = _ => "windows" };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    public ScoredText(Command command)
    {
        command.Options.Add(_idsFile);
        command.Options.Add(_textFile);
        command.Options.Add(_window);
        command.Options.Add(_protocol);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(_idsFile) is null) == (result.GetValue(_textFile) is null))
            {
                result.AddError("One of --ids-file and --text-file is needed.");
            }
        });
    }

    /// <summary>The protocol asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The protocol.</returns>
    public PerplexityProtocol Protocol(ParseResult parsed) => PerplexityProtocol.Named(parsed.GetRequiredValue(_protocol));

    /// <summary>The window asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>Tokens; 0 = the protocol's own.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for none.</exception>
    public int Window(ParseResult parsed) => parsed.GetValue(_window) is not { } window ? 0 : window != 0 ? window : throw Errors.UnknownOptionValue("window", "0", Named(parsed), ["a number from 2"]);

    /// <summary>The text as ids.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="checkpoint">Whose tokenizer reads words.</param>
    /// <returns>The ids.</returns>
    public int[] Ids(ParseResult parsed, Checkpoint checkpoint) => parsed.GetValue(_idsFile) is { } file
        ? ReadIds(file)
        : Tokenizer.Create(checkpoint.TokenizerOrThrow()).Encode(TextLines.ReadText(parsed.GetRequiredValue(_textFile)));

    private string Named(ParseResult parsed) => "the protocol " + parsed.GetRequiredValue(_protocol);

    private static int[] ReadIds(string path)
    {
        using var source = new FileSource(path);
        if (source.Length is > MostIdBytes or 0 || source.Length % sizeof(ushort) != 0)
        {
            throw Errors.BadLine(source.Name, $"{source.Length} bytes are no list of 16-bit ids");
        }

        byte[] bytes = source.ReadBytes(0, (int)source.Length);
        int[] ids = new int[bytes.Length / sizeof(ushort)];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort)));
        }

        return ids;
    }
}
