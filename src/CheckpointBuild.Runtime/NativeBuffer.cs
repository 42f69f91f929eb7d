using System;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Runtime;

/// <summary>Memory outside the collected heap for weights and numbers on their way, aligned to 64 bytes; large buffers ask the system for large pages.</summary>
/// <remarks>With pages of 4 KiB a third of the memory's speed is lost to address translation. The request is a hint: where the system does not know it, nothing else changes.</remarks>
internal sealed unsafe partial class NativeBuffer : IDisposable
{
    private const int LineBytes = 64;
    private const int LargePageBytes = 2 << 20;
    private const int AdviseLargePages = 14;
    private byte* _pointer;

    /// <summary>Takes memory; its contents are undefined.</summary>
    /// <param name="what">What it is for, for messages.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="CheckpointException">CKPT5006 when the system has not that much.</exception>
    public NativeBuffer(string what, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        bool large = length >= LargePageBytes;
        try
        {
            _pointer = (byte*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(length, 1)), (nuint)(large ? LargePageBytes : LineBytes));
        }
        catch (OutOfMemoryException e)
        {
            throw Errors.NotEnoughMemory(what, length, e);
        }

        if (large && OperatingSystem.IsLinux())
        {
            AskForLargePages(_pointer, (nuint)length);
        }
    }

    /// <summary>Frees what nobody disposed.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>The first byte.</summary>
    public byte* Pointer => _pointer is not null ? _pointer : throw new ObjectDisposedException(nameof(NativeBuffer));

    /// <summary>The buffer as float32.</summary>
    public float* Floats => (float*)Pointer;

    /// <summary>Takes memory for numbers and sets them to zero.</summary>
    /// <param name="what">What it is for, for messages.</param>
    /// <param name="count">How many float32.</param>
    /// <returns>The memory.</returns>
    public static NativeBuffer OfZeros(string what, long count)
    {
        var buffer = new NativeBuffer(what, checked(count * sizeof(float)));
        NativeMemory.Clear(buffer.Pointer, (nuint)buffer.Length);
        return buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        byte* pointer = _pointer;
        _pointer = null;
        NativeMemory.AlignedFree(pointer);
    }

    private static void AskForLargePages(byte* pointer, nuint length)
    {
        try
        {
            _ = Advise(pointer, length, AdviseLargePages);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system library without madvise: pages stay as they are.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(byte* address, nuint length, int advice);
}
