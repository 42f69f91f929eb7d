namespace CheckpointBuild.Formats;

/// <summary>The type of a GGUF metadata value, by the number that the file holds.</summary>
internal enum GgufValueType : uint
{
    /// <summary><see cref="byte"/>.</summary>
    UInt8 = 0,

    /// <summary><see cref="sbyte"/>.</summary>
    Int8 = 1,

    /// <summary><see cref="ushort"/>.</summary>
    UInt16 = 2,

    /// <summary><see cref="short"/>.</summary>
    Int16 = 3,

    /// <summary><see cref="uint"/>.</summary>
    UInt32 = 4,

    /// <summary><see cref="int"/>.</summary>
    Int32 = 5,

    /// <summary><see cref="float"/>.</summary>
    Float32 = 6,

    /// <summary><see cref="bool"/>, one byte.</summary>
    Bool = 7,

    /// <summary><see cref="string"/>: its length in bytes as u64, then UTF-8.</summary>
    String = 8,

    /// <summary>An array: its element type as u32, its count as u64, then its elements.</summary>
    Array = 9,

    /// <summary><see cref="ulong"/>.</summary>
    UInt64 = 10,

    /// <summary><see cref="long"/>.</summary>
    Int64 = 11,

    /// <summary><see cref="double"/>.</summary>
    Float64 = 12,
}
