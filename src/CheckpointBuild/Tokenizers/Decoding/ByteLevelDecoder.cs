using System;
using System.Buffers;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers.Decoding;

/// <summary>Tokens are written in byte letters; their bytes together are UTF-8.</summary>
/// <param name="model">The tokenizer.</param>
internal sealed class ByteLevelDecoder(TokenizerModel model) : TokenDecoder(model)
{
    /// <inheritdoc/>
    internal override string Decode(ReadOnlySpan<int> ids, DecodeOptions options)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, ids.Length * 4));
        foreach (int id in ids)
        {
            if (IsDecoded(id, options))
            {
                Write(TextOf(id)!, bytes);
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Writes a token's bytes. A token with any other letter, as added tokens may have, stands for its own text.</summary>
    /// <param name="token">The token's text.</param>
    /// <param name="output">Where they are written.</param>
    internal static void Write(string token, ArrayBufferWriter<byte> output)
    {
        Span<byte> bytes = output.GetSpan(Math.Max(1, token.Length));
        for (int i = 0; i < token.Length; i++)
        {
            if (!ByteLetters.TryGetByte(token[i], out bytes[i]))
            {
                Encoding.UTF8.GetBytes(token, output);
                return;
            }
        }

        output.Advance(token.Length);
    }
}
