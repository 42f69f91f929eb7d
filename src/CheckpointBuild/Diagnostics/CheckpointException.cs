using System;

namespace CheckpointBuild.Diagnostics;

/// <summary>The one exception for everything that is wrong with a user's files, options or machine. Programming mistakes are <see cref="ArgumentException"/>.</summary>
/// <remarks>A message reads <c>where: what is wrong (found, needed). What to do.</c></remarks>
public sealed class CheckpointException : Exception
{
    /// <summary>Makes a coded error.</summary>
    /// <param name="code">The code: <c>CKPT</c> and four digits. 1xxx reading, 2xxx configuration and mapping, 3xxx stages and quantization,
    /// 4xxx writing, 5xxx running, 6xxx acquisition, 7xxx build integration and store, 9xxx usage.</param>
    /// <param name="message">Where, what is wrong, and what to do, without the code.</param>
    /// <param name="file">The file that is wrong, when it is one.</param>
    /// <param name="inner">The platform's exception behind it.</param>
    public CheckpointException(string code, string message, string? file = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        File = file;
    }

    /// <summary>The code: <c>CKPT</c> and four digits.</summary>
    public string Code { get; }

    /// <summary>The file that is wrong, when it is one.</summary>
    public string? File { get; }

    /// <summary>Whether a file is missing or is not what it should be: where it was fetched, fetching it again may mend that.</summary>
    internal bool MayBeMendedByFetching { get; init; }
}
