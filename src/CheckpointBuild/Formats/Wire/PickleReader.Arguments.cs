using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Formats.Wire;

/// <content>What stands behind an instruction.</content>
internal sealed partial class PickleReader
{
    private const int LongestText = 64 << 20;
    private const int LongestNameLine = 512;
    private const int MostNamesShown = 6;

    private byte Byte()
    {
        Need(sizeof(byte));
        return _cursor.ReadByte();
    }

    private uint UInt32()
    {
        Need(sizeof(uint));
        return _cursor.ReadUInt32();
    }

    private ushort UInt16()
    {
        Need(sizeof(ushort));
        return _cursor.ReadUInt16();
    }

    private ulong UInt64()
    {
        Need(sizeof(ulong));
        return _cursor.ReadUInt64();
    }

    private double BigEndianDouble() => BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(UInt64()));

    private BigInteger Long() => new(Bytes(Byte()));

    private byte[] Bytes(long count)
    {
        if (count > LongestText)
        {
            throw Errors.PickleTooLarge(_path, _where, "bytes in one text", LongestText);
        }

        Need(count);
        byte[] bytes = new byte[count];
        _cursor.Read(bytes);
        return bytes;
    }

    private string Text(long count)
    {
        long at = _cursor.Position;
        byte[] bytes = Bytes(count);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Errors.PickleText(_path, _where, at);
    }

    // Python 2's byte strings are texts in every checkpoint: names.
    private string Latin(long count) => Encoding.Latin1.GetString(Bytes(count));

    private PickleName Name() => new(Line(), Line());

    private string Line()
    {
        long at = _cursor.Position;
        var line = new List<byte>();
        for (byte next = Byte(); next != '\n'; next = Byte())
        {
            line.Add(line.Count < LongestNameLine ? next : throw Errors.PickleTooLarge(_path, _where, "bytes in one name", LongestNameLine));
        }

        byte[] bytes = [.. line];
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Errors.PickleText(_path, _where, at);
    }

    private void Need(long count)
    {
        if (count > _cursor.Remaining)
        {
            throw Errors.PickleEndsEarly(_path, _where, _cursor.Position, count, _cursor.Remaining);
        }
    }

    // The rest of the program is looked through, not run, so that one message says everything that stands in the way.
    private CheckpointException Refuse(PickleName first, long position)
    {
        var names = new List<string> { first.ToString() };
        try
        {
            while ((PickleOpcode)Byte() is var opcode && opcode != PickleOpcode.Stop && names.Count < MostNamesShown)
            {
                if (opcode == PickleOpcode.Global)
                {
                    PickleName name = Name();
                    if (_objects.Find(name) is null && !names.Contains(name.ToString()))
                    {
                        names.Add(name.ToString());
                    }
                }
                else if (!Skip(opcode))
                {
                    break;
                }
            }
        }
        catch (CheckpointException)
        {
            // What follows is broken as well; the first name is reason enough.
        }

        return Errors.PickleGlobalRefused(_path, _where, position, names);
    }

    private bool Skip(PickleOpcode opcode)
    {
        int? bytes = opcode switch
        {
            PickleOpcode.BinUnicode or PickleOpcode.BinString or PickleOpcode.BinBytes => SkipLength(UInt32()),
            PickleOpcode.ShortBinString or PickleOpcode.ShortBinUnicode or PickleOpcode.ShortBinBytes or PickleOpcode.Long1 => Byte(),
            PickleOpcode.BinFloat or PickleOpcode.Frame => sizeof(ulong),
            PickleOpcode.BinInt or PickleOpcode.LongBinGet or PickleOpcode.LongBinPut => sizeof(uint),
            PickleOpcode.BinInt2 => sizeof(ushort),
            PickleOpcode.BinInt1 or PickleOpcode.BinGet or PickleOpcode.BinPut or PickleOpcode.Protocol => sizeof(byte),
            _ => Enum.IsDefined(opcode) ? 0 : null,
        };
        if (bytes is { } count)
        {
            _ = Bytes(count);
        }

        return bytes is not null;
    }

    private static int SkipLength(uint length) => (int)Math.Min(length, int.MaxValue);
}
