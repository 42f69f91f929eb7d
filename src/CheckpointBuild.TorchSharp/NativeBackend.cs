using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace CheckpointBuild.TorchSharp;

/// <summary>TorchSharp's native library on Linux systems whose C++ library is older than the one that it was linked with, such as Debian 12.</summary>
/// <remarks>
/// TorchSharp 0.107 states that it needs version GLIBCXX_3.4.32, for one symbol that compilers put in to keep an initializer and that no code calls. The loader refuses it where the system's library lacks the
/// version, unless the entry is marked as weak. The copy in the application's own folder is marked so: one bit of it, nothing else changes, and nothing where the library loads as it is.
/// </remarks>
public static class NativeBackend
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint VersionsNeeded = 0x6fff_fffe;
    private const ushort Weak = 2;

    // ELF64: where the header names the table of sections, and what a section header has where.
    private const int SectionTable = 40;
    private const int SectionSizeAndCount = 58;

    /// <summary>Makes the library in the application's folder loadable; call it before anything of TorchSharp is used.</summary>
    public static void Prepare()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        if (OperatingSystem.IsLinux() && File.Exists(library) && !NativeLibrary.TryLoad(library, out _))
        {
            MarkWeak(library);
        }
    }

    private static void MarkWeak(string library)
    {
        byte[] elf = File.ReadAllBytes(library);
        ReadOnlySpan<byte> bytes = elf;
        long table = BinaryPrimitives.ReadInt64LittleEndian(bytes[SectionTable..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(bytes[SectionSizeAndCount..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(SectionSizeAndCount + 2)..]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> section = bytes[(int)(table + (i * size))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) == VersionsNeeded)
            {
                int names = (int)(table + (BinaryPrimitives.ReadInt32LittleEndian(section[40..]) * size));
                MarkEntries(elf, (int)BinaryPrimitives.ReadInt64LittleEndian(section[24..]), (int)BinaryPrimitives.ReadInt64LittleEndian(bytes[(names + 24)..]), library);
                return;
            }
        }
    }

    // Libraries that are needed, and of each the versions.
    private static void MarkEntries(byte[] elf, int library, int names, string path)
    {
        for (int next = -1; next != 0; library += next)
        {
            int entry = library + BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(library + 8));
            next = BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(library + 12));
            for (int step = -1; step != 0; entry += step)
            {
                Span<byte> version = elf.AsSpan(entry);
                step = BinaryPrimitives.ReadInt32LittleEndian(version[12..]);
                ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(version[4..]);
                if ((flags & Weak) == 0 && elf.AsSpan(names + BinaryPrimitives.ReadInt32LittleEndian(version[8..])).StartsWith(Encoding.ASCII.GetBytes(Version + "\0")))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(version[4..], (ushort)(flags | Weak));

                    // A new file under the old name: what another process has loaded stays as it is.
                    File.WriteAllBytes(path + ".tmp", elf);
                    File.Move(path + ".tmp", path, overwrite: true);
                    return;
                }
            }
        }
    }
}
