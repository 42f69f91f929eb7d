using System;

namespace Microsoft.Build.Framework;

/// <summary>Says that a task may run in the process of a multithreaded build: it uses neither the current directory nor anything else that the process has only once.</summary>
/// <remarks>MSBuild knows it by namespace and name, so an assembly that loads into older versions brings its own. It is not inherited: every task that can be called carries it.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute
{
}
