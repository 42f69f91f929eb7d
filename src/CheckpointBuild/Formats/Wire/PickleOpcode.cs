namespace CheckpointBuild.Formats.Wire;

/// <summary>The instructions of Python's pickle programs that build data: protocols 2 and 3, and those of 4 and 5 that only spell the same things shorter (CPython, <c>Lib/pickletools.py</c>).</summary>
/// <remarks>What is not here does not exist for us: text instructions, INST, OBJ, PERSID, the extension registry, POP, DUP, buffers out of band.</remarks>
internal enum PickleOpcode : byte
{
    /// <summary>Marks a place on the stack.</summary>
    Mark = 0x28,

    /// <summary>The empty tuple.</summary>
    EmptyTuple = 0x29,

    /// <summary>The end of the program.</summary>
    Stop = 0x2E,

    /// <summary>A float, 8 bytes big-endian.</summary>
    BinFloat = 0x47,

    /// <summary>A signed int of 4 bytes.</summary>
    BinInt = 0x4A,

    /// <summary>An int of 1 byte.</summary>
    BinInt1 = 0x4B,

    /// <summary>An int of 2 bytes.</summary>
    BinInt2 = 0x4D,

    /// <summary>None.</summary>
    None = 0x4E,

    /// <summary>What a persistent id stands for.</summary>
    BinPersistentId = 0x51,

    /// <summary>A call.</summary>
    Reduce = 0x52,

    /// <summary>Python 2's bytes with a length of 4 bytes.</summary>
    BinString = 0x54,

    /// <summary>Python 2's bytes with a length of 1 byte.</summary>
    ShortBinString = 0x55,

    /// <summary>Text with a length of 4 bytes.</summary>
    BinUnicode = 0x58,

    /// <summary>Adds one item to a list.</summary>
    Append = 0x61,

    /// <summary>Gives an object its state.</summary>
    Build = 0x62,

    /// <summary>A class or function, by two lines of text.</summary>
    Global = 0x63,

    /// <summary>Adds items to a list.</summary>
    Appends = 0x65,

    /// <summary>What stands in the memo, index of 1 byte.</summary>
    BinGet = 0x68,

    /// <summary>What stands in the memo, index of 4 bytes.</summary>
    LongBinGet = 0x6A,

    /// <summary>Puts the top into the memo, index of 1 byte.</summary>
    BinPut = 0x71,

    /// <summary>Puts the top into the memo, index of 4 bytes.</summary>
    LongBinPut = 0x72,

    /// <summary>Adds one pair to a dictionary.</summary>
    SetItem = 0x73,

    /// <summary>A tuple of what stands above the mark.</summary>
    Tuple = 0x74,

    /// <summary>Adds pairs to a dictionary.</summary>
    SetItems = 0x75,

    /// <summary>The empty list.</summary>
    EmptyList = 0x5D,

    /// <summary>The empty dictionary.</summary>
    EmptyDictionary = 0x7D,

    /// <summary>The protocol.</summary>
    Protocol = 0x80,

    /// <summary>An object made from a class and a tuple.</summary>
    NewObject = 0x81,

    /// <summary>A tuple of one.</summary>
    Tuple1 = 0x85,

    /// <summary>A tuple of two.</summary>
    Tuple2 = 0x86,

    /// <summary>A tuple of three.</summary>
    Tuple3 = 0x87,

    /// <summary>True.</summary>
    NewTrue = 0x88,

    /// <summary>False.</summary>
    NewFalse = 0x89,

    /// <summary>An int of up to 255 bytes.</summary>
    Long1 = 0x8A,

    /// <summary>Protocol 3: bytes with a length of 4 bytes.</summary>
    BinBytes = 0x42,

    /// <summary>Protocol 3: bytes with a length of 1 byte.</summary>
    ShortBinBytes = 0x43,

    /// <summary>Protocol 4: text with a length of 1 byte.</summary>
    ShortBinUnicode = 0x8C,

    /// <summary>Protocol 4: the empty set.</summary>
    EmptySet = 0x8F,

    /// <summary>Protocol 4: adds items to a set.</summary>
    AddItems = 0x90,

    /// <summary>Protocol 4: a class or function, by two texts.</summary>
    StackGlobal = 0x93,

    /// <summary>Protocol 4: puts the top at the memo's end.</summary>
    Memoize = 0x94,

    /// <summary>Protocol 4: the length of what follows.</summary>
    Frame = 0x95,
}
